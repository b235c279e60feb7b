/** The rules that can occur in `ops.finding`, and the check that each of them has a sentence. */
import { readdir, readFile } from 'node:fs/promises';
import { ROOT } from '../../config/installation.ts';
import { DECODER_RULES, PLATFORM_RULES, type Rule } from '../../domain/interpret/rules.ts';
import { FAILURES, type FailureCode } from '../../domain/workflow/failures.ts';
import { code, list } from './markdown.ts';

/** Where findings are created with a literal rule; checks carry code, severity and sentence together. */
const FOLDERS = ['domain', 'activities', 'datasets', 'kit'];
const FINDING = /\bfinding\(\s*'(?<rule>\w+)',\s*'(?<severity>\w+)'/g;
const REFUSAL = /\bAnswerRefused\(\s*'(?<rule>\w+)'/g;

export function rulesList(rules: Readonly<Record<string, Rule>>): string {
  return list(
    Object.entries(rules).map(([rule, { severity, summary }]) => `${code(rule)} (${severity}): ${summary}`),
  );
}

/** Broken contracts leave a finding beside the failed run (activities/ingest/record-failure.ts): the failure's code as its rule. */
export function failureRules(): Record<string, Rule> {
  const broken = Object.entries(FAILURES).filter(([, failure]) => failure.class === 'contract_broken');
  return Object.fromEntries(
    (broken as [FailureCode, { meaning: string }][]).map(([rule, { meaning }]) => [
      rule.toLowerCase(),
      { severity: 'warn', summary: meaning },
    ]),
  );
}

/** @throws Error that names every rule in the code that domain/interpret/rules.ts does not explain, or with another severity. */
export async function assertRulesExplained(): Promise<void> {
  const explained = { ...PLATFORM_RULES, ...DECODER_RULES };
  const used = (await Promise.all(FOLDERS.map(rulesUsedIn))).flat();
  const faults = used
    .filter(({ rule, severity }) => explained[rule]?.severity !== severity)
    .map(({ rule, severity, file }) => `${rule} (${severity}, in ${file})`);
  const unused = Object.keys(explained).filter((known) => !used.some(({ rule }) => rule === known));
  if (faults.length > 0)
    throw new Error(`domain/interpret/rules.ts has no such rule of that severity: ${faults.join(', ')}`);
  if (unused.length > 0)
    throw new Error(`domain/interpret/rules.ts has rules that nobody uses: ${unused.join(', ')}`);
}

async function rulesUsedIn(folder: string): Promise<{ rule: string; severity: string; file: string }[]> {
  const files = (await readdir(`${ROOT}${folder}`, { recursive: true })).filter((file) =>
    file.endsWith('.ts'),
  );
  const found = files.map(async (name) => {
    const file = `${folder}/${name}`;
    const text = await readFile(`${ROOT}${file}`, 'utf8');
    return [...text.matchAll(FINDING), ...text.matchAll(REFUSAL)].map(({ groups = {} }) => ({
      rule: groups.rule ?? '',
      severity: groups.severity ?? 'block',
      file,
    }));
  });
  return (await Promise.all(found)).flat();
}
