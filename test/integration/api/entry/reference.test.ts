/** Can the reference be read by whoever has no key yet, and the document by programs? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';

let testEnv: ApiEnvironment;
beforeAll(async () => {
  testEnv = await openApiEnvironment({}, { access: 'keys' });
});
afterAll(() => testEnv.close());

test('without a key: the reference and the document, and no data', async () => {
  expect((await testEnv.get('/docs')).text).toContain('Tidemark API');
  const { json, status } = await testEnv.get('/openapi.json');
  expect([status, json.openapi]).toEqual([200, '3.1.0']);
  expect((await testEnv.get('/docs/json')).json).toEqual(json);
  expect((await testEnv.get('/v1/datasets')).status).toBe(401);
});

test('every path of the document says what it is about and what it may answer', async () => {
  const { json } = await testEnv.get('/openapi.json');
  const operations = Object.values(json.paths).flatMap((path) => Object.values(path as object));
  expect(operations.length).toBeGreaterThan(5);
  for (const operation of operations) {
    expect(operation).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] });
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['400', '401', '503']));
  }
});
