// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the planted sources have placeholders of their own
/** Does SQL stand in db/ alone, and does a value ever get into its text? Would a breach be noticed? */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { ROOMS, ROOT } from '../../support/rooms.ts';

/** The beginning of a statement, as we write it: lower case, with what follows the verb. */
const SQL =
  /^\s*(select\s[\s\S]*\sfrom\s|select \w+\.|insert into\s|update [\w.$"{}]+\s+(\w+\s+)?set\s|delete from\s|with \w+ as |(create|alter|drop|grant|revoke) (table|view|schema|role|database|function|extension|index|select|insert|update|delete|usage|execute)\b|truncate |do \$\$|set (local )?role )/i;

/** Local mode makes its roles and databases with statements of its own, names escaped; and shows people what to type. */
const LOCAL_ADMINISTRATION = new Set([
  'scripts/start/postgres/postgres-settings.ts',
  'scripts/start/postgres/postgres-server.ts',
  'scripts/start/welcome.ts',
]);
/** Names that consist of letters, digits and underscores by construction: what may stand in the text of a statement. */
const IDENTIFIERS = /^(storageOf\(.+\)(\.\w+)?|fieldOf\(\w+\)|[A-Z][A-Z_]*)$/;
/**
 * Names of roles and schemas, out of constants of ours: before there is any schema, and as an option of the session. And SQL
 * files that lie beside definitions, which are statements as a whole.
 */
const PREPARATION: ReadonlySet<string> = new Set([
  'db/migration/prepare.ts: role',
  'db/migration/prepare.ts: schema',
  'db/migration/dataset-scripts.ts: text',
  'db/connection/client.ts: name',
  'db/connection/client.ts: value',
]);

/** What reads for the API and the command has the statements of others, and texts of its own. */
const ofStatements = (file: string) => file.startsWith('db/') && !file.startsWith('db/read/');

/** What a source breaks, as `file:line: what`. */
function breaches(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const safe = safeNames(source);
  const found: string[] = [];
  const at = (node: ts.Node) => `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  const visit = (node: ts.Node): void => {
    const literal = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
    if (literal && SQL.test(node.getText().slice(1))) {
      if (!ofStatements(file) && !LOCAL_ADMINISTRATION.has(file)) found.push(`${at(node)}: SQL outside db/`);
    }
    if (ofStatements(file) && ts.isTemplateExpression(node) && isSqlPart(node))
      for (const { expression } of node.templateSpans)
        if (!isSafe(expression, safe, file))
          found.push(`${at(expression)}: \${${expression.getText()}} in a statement`);
    if (ofStatements(file) && isQuery(node))
      for (const part of node.arguments.slice(0, 1).flatMap(parts))
        if (!isSafe(part, safe, file)) found.push(`${at(part)}: ${part.getText()} as a statement`);
    const taken = ofStatements(file) ? rawOf(node) : undefined;
    // What a template puts together there has been looked at above.
    if (taken && !ts.isTemplateExpression(taken) && !isSafe(taken, safe, file))
      found.push(`${at(taken)}: raw ${taken.getText()} in a statement`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A tag whose library sends each value as a parameter; text gets in by `raw` alone, which is looked at. */
const TAG = 'statement';

function isTagged(node: ts.Node): boolean {
  return ts.isTaggedTemplateExpression(node) && node.tag.getText() === TAG;
}

/** What `raw(...)` puts into a statement as it is. */
function rawOf(node: ts.Node): ts.Expression | undefined {
  const isRaw = ts.isCallExpression(node) && node.expression.getText() === 'raw';
  return isRaw ? node.arguments[0] : undefined;
}

/** Anything but the message of an error is taken for SQL. */
function isSqlPart(node: ts.Node): boolean {
  if (isTagged(node.parent)) return false;
  for (let up = node.parent; up; up = up.parent) {
    if (ts.isNewExpression(up) && /(Error|Failure)$/.test(up.expression.getText())) return false;
    if (ts.isArrayLiteralExpression(up)) return false; // values of parameters
    if (ts.isFunctionLike(up)) return !isProse(up);
  }
  return true;
}

/** Functions that make names, sentences or PostgreSQL's notation of an array for a parameter. */
function isProse(node: ts.Node): boolean {
  const holder = ts.isFunctionDeclaration(node) ? node.name?.getText() : undefined;
  return [
    'storageOf',
    'fieldOf',
    'numbers',
    'summaryOf',
    'messageOf',
    'storageMessage',
    'isoOf',
    'newSecret',
  ].includes(holder ?? '');
}

function isQuery(node: ts.Node): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'query'
  );
}

/** What a statement is put together from. */
function parts(node: ts.Expression): ts.Expression[] {
  if (ts.isBinaryExpression(node)) return [...parts(node.left), ...parts(node.right)];
  if (ts.isNewExpression(node)) return (node.arguments ?? []).slice(0, 1).flatMap(parts);
  if (ts.isCallExpression(node) && ['cellsOf', 'copyFrom'].includes(node.expression.getText()))
    return node.arguments.slice(0, 1).flatMap(parts);
  if (ts.isObjectLiteralExpression(node)) return textsOf(node);
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || isTagged(node) ? [] : [node];
}

/** The text of a named statement; what else may hold one is looked at as a whole. */
function textsOf(node: ts.ObjectLiteralExpression): ts.Expression[] {
  const texts = node.properties
    .filter(ts.isPropertyAssignment)
    .filter(({ name }) => name.getText() === 'text');
  return texts.length === 1 ? texts.flatMap(({ initializer }) => parts(initializer)) : [node];
}

/** Names of this file that stand for checked identifiers, or for statements that were looked at where they are made. */
function safeNames(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.initializer) {
      const from = node.initializer.getText();
      const { initializer } = node;
      const isText =
        ts.isStringLiteralLike(initializer) || ts.isTemplateExpression(initializer) || isTagged(initializer);
      const checked = /^storageOf\(/.test(from) || /^statement\(/.test(from) || isText;
      if (checked && ts.isIdentifier(node.name)) names.add(node.name.text);
      if (checked && ts.isObjectBindingPattern(node.name))
        for (const { name } of node.name.elements) names.add(name.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

function isSafe(node: ts.Expression, safe: ReadonlySet<string>, file: string): boolean {
  const text = node.getText();
  if (safe.has(text) || IDENTIFIERS.test(text) || PREPARATION.has(`${file}: ${text}`)) return true;
  if (ts.isConditionalExpression(node))
    return isSafe(node.whenTrue, safe, file) && isSafe(node.whenFalse, safe, file);
  if (ts.isTemplateExpression(node))
    return node.templateSpans.every(({ expression }) => isSafe(expression, safe, file));
  return ts.isStringLiteralLike(node);
}

async function sources(): Promise<[string, string][]> {
  const files = await Promise.all(
    ROOMS.map(async (folder) =>
      (await readdir(join(ROOT, folder), { recursive: true }))
        .filter((file) => file.endsWith('.ts'))
        .map((file) => `${folder}/${file}`),
    ),
  );
  return await Promise.all(
    [...files.flat(), 'config/config.ts'].map(
      async (file) => [file, await readFile(join(ROOT, file), 'utf8')] as [string, string],
    ),
  );
}

test('the code keeps to it', async () => {
  const all = await sources();
  expect(all.filter(([file]) => file.startsWith('db/queries/')).length).toBeGreaterThan(5);
  expect(all.flatMap(([file, text]) => breaches(file, text))).toEqual([]);
});

/** A breach each. */
const PLANTED: readonly [file: string, text: string, breach: string][] = [
  ['activities/x.ts', 'sql.query(`select day from ops.run`)', 'SQL outside db/'],
  ['cli/x.ts', "const text = 'delete from ops.run';", 'SQL outside db/'],
  ['start/x.ts', 'sql.query(`update ops.run set day = ${day}`)', 'SQL outside db/'],
  ['db/queries/x.ts', 'sql.query(`select * from ops.run where day = ${day}`)', '${day} in a statement'],
  ['db/queries/x.ts', "sql.query(`select * from ${dataset.id.replace('.', '_')}`)", 'in a statement'],
  ['db/queries/x.ts', "sql.query('select * from ops.run where ' + condition)", 'condition as a statement'],
  ['db/queries/x.ts', 'sql.query(text)', 'text as a statement'],
  [
    'db/queries/x.ts',
    'const where = `day = ${day}`; sql.query(`select 1 where ${where}`)',
    '${day} in a statement',
  ],
  ['db/queries/x.ts', 'client.query(new Cursor(made, values))', 'made as a statement'],
  ['db/queries/x.ts', 'sql.query(statement`select * from ${raw(dataset)}`)', 'raw dataset in a statement'],
  ['db/queries/x.ts', 'sql.query(cellsOf(made))', 'made as a statement'],
  ['db/queries/x.ts', "sql.query({ name: 'x', text: made, values })", 'made as a statement'],
  ['db/queries/x.ts', 'sql.query({ ...asked, values })', 'as a statement'],
  ['db/queries/x.ts', 'sql.query(statement`select ${raw(`a, ${column}`)}`)', '${column} in a statement'],
];

test.each(PLANTED)('in %s: %s', (file, text, breach) => {
  expect(breaches(file, text)).toEqual([expect.stringContaining(breach)]);
});

test.each([
  [
    'db/queries/x.ts',
    'const { current } = storageOf(dataset); sql.query(`select 1 from ${current} where day = $1`, [day])',
  ],
  ['db/queries/x.ts', 'sql.query(`select ${COLUMNS} from ${storageOf(dataset).versions}`)'],
  ['cli/x.ts', "const help = 'select a day';"],
  [
    'db/queries/x.ts',
    'const { current } = storageOf(id); const made = statement`select 1 from ${raw(current)} where day = ${day}`; sql.query(cellsOf(made))',
  ],
])('is no breach in %s: %s', (file, text) => {
  expect(breaches(file, text)).toEqual([]);
});
