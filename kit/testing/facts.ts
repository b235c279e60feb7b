/** Are the facts of a dataset complete? */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isOfPoints, isPulledPoints } from '../../domain/dataset/dataset.ts';
import { relationNames } from '../../domain/dataset/relation-names.ts';
import { DECODER_RULES, PLATFORM_RULES } from '../../domain/interpret/rules.ts';
import type { ContractCase, Subject } from './case.ts';
import { CODE_POINT } from './code-points.ts';
import { holds } from './mutations.ts';

const TEXTS = ['title', 'description', 'unit', 'owner', 'licence'] as const;

export function factCases({ dataset }: Subject): ContractCase[] {
  return [
    {
      name: 'the id makes names that PostgreSQL keeps whole',
      run: () => {
        for (const name of Object.values(relationNames(dataset.id)))
          assert.ok(name.length < 64, `"${name}" has ${name.length} characters`);
      },
    },
    ...TEXTS.map((field) => ({
      name: `${field} says something`,
      run: () => assert.match(dataset[field], /^\S(.*\S)?$/, `${field} is "${dataset[field]}"`),
    })),
    {
      name: 'the description is sentences; both links lead to pages',
      run: () => {
        assert.match(
          dataset.description,
          /\.$/,
          `description "${dataset.description}" does not end with a full stop`,
        );
        for (const link of [dataset.link, dataset.source.link])
          assert.ok(/^https:/.test(link) && URL.canParse(link), `link "${link}" is no https address`);
      },
    },
    {
      name: 'access and retention are decided; nothing that is polled has been thrown away',
      run: () => assertKept(dataset),
    },
    {
      name: 'the definition cannot be changed',
      run: () => assert.ok(Object.isFrozen(dataset), 'it was not made by defineDataset'),
    },
    {
      name: 'each check has a code of its own, a severity, and a summary',
      run: () => assertChecks(dataset),
    },
    ...(isOfPoints(dataset)
      ? [{ name: 'attributes of a series are texts, whatever its key', run: () => assertAttributes(dataset) }]
      : []),
  ];
}

function assertKept(dataset: Subject['dataset']): void {
  assert.ok(['open', 'restricted'].includes(dataset.access), `access is "${dataset.access}"`);
  if (!isPulledPoints(dataset) || dataset.retentionDays === null) return;
  const polledHours = Math.max(...dataset.pull.polling.revisions.map(({ untilHours }) => untilHours));
  assert.ok(
    dataset.retentionDays * 24 > polledHours,
    `retentionDays is ${dataset.retentionDays}, and days are polled for ${polledHours} hours`,
  );
}

const TAKEN = [...Object.keys(PLATFORM_RULES), ...Object.keys(DECODER_RULES)];

function assertChecks({ checks = [], unit: unitOfValues }: Subject['dataset']): void {
  const seen = new Set(TAKEN);
  for (const { rule, severity, summary, unit = unitOfValues } of checks) {
    assert.equal(
      unit,
      unitOfValues,
      `the numbers of the check "${rule}" are ${unit}, and the unit is ${unitOfValues}`,
    );
    assert.ok(!seen.has(rule), `the rule "${rule}" is there already: choose another code`);
    seen.add(rule);
    assert.match(rule, /^[a-z]+(_[a-z]+)*$/, `the rule "${rule}" is no lower_case code`);
    assert.ok(['block', 'warn', 'info'].includes(severity), `the severity of "${rule}" is "${severity}"`);
    assert.match(summary, /^[A-Z].*\.$/, `the summary of "${rule}" is "${summary}"`);
  }
}

function assertAttributes({
  seriesAttributes,
}: {
  seriesAttributes(series: string): Readonly<Record<string, string>>;
}): void {
  holds(
    fc.property(fc.string({ unit: CODE_POINT }), (series) => {
      for (const text of Object.values(seriesAttributes(series))) assert.match(text, /\S/);
    }),
  );
}
