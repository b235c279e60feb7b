/** Does a key that the command makes open the API, to what it says and as long as it says, and is it kept as a hash only? */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashSecret } from '../../../db/queries/operation/api-keys.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../support/api/api-environment.ts';
import { type Settings, settingsOf, tidemark } from '../../support/command.ts';
import { DATASET } from '../../support/test-environment.ts';

let testEnv: ApiEnvironment;
let settings: Settings;
/** The clock of the API; the database and the command have the real one. */
let now = new Date();
beforeAll(async () => {
  testEnv = await openApiEnvironment({}, { access: 'keys', now: () => now });
  settings = { ...settingsOf(testEnv), PORT: '8123' };
});
afterAll(() => testEnv.close());

const keys = (...args: string[]) => tidemark(settings, 'keys', ...args);

async function json(...args: string[]) {
  const { code, stdout, stderr } = await keys(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const me = (secret: string) => testEnv.get('/v1/me', { headers: { authorization: `Bearer ${secret}` } });

describe('a key', () => {
  test('is printed once, with a line that tries it, and opens the API as what it is', async () => {
    const { code, stdout } = await keys('create', '--name', 'dashboard', '--role', 'reader', '--by', 'anna');
    expect(code).toBe(0);
    const [, id = '', secret = ''] =
      /^(key-\S+): role reader, for every open dataset, without an end\n +(tmk_\S{43})\n/.exec(stdout) ?? [];
    expect(stdout).toContain(`curl -H 'Authorization: Bearer ${secret}' http://127.0.0.1:8123/v1/me`);
    expect(await me(secret)).toMatchObject({
      status: 200,
      json: { name: 'dashboard', role: 'reader', datasets: null, has_key: true },
    });
    const listed = await keys('list');
    expect(listed.stdout).toMatch(new RegExp(`${id} +dashboard +reader +every open one +valid`));
    expect(listed.stdout).not.toContain(secret);
  });

  test('is kept as its hash only', async () => {
    const { id, secret } = await json('create', '--name', 'hashed', '--role', 'admin');
    const rows = await testEnv
      .rows<{ secret: Buffer; all: string }>(
        'select secret_sha256 as secret, k::text as all from ops.api_key k where id = $1',
        [id],
      )
      .catch((error: Error) => error.message);
    // Not even a worker may look.
    expect(rows).toMatch(/permission denied/);
    const { rows: seen } = await testEnv.deps.database.query(
      'select secret_sha256 as secret, k::text as all from ops.api_key k where id = $1',
      [id],
    );
    expect(seen).toEqual([{ secret: hashSecret(secret), all: expect.not.stringContaining(secret) }]);
  });

  test('of one dataset names it, and who made it', async () => {
    const key = await json(
      'create',
      '--name',
      'desk',
      '--role',
      'operator',
      '--dataset',
      DATASET,
      '--by',
      'anna',
    );
    expect(key).toMatchObject({ role: 'operator', datasets: [DATASET], createdBy: 'anna', expiresAt: null });
    expect((await me(key.secret)).json).toMatchObject({ role: 'operator', datasets: [DATASET] });
    expect(await json('list')).toContainEqual(
      expect.objectContaining({ id: key.id, status: 'valid', lastUsedAt: expect.any(String) }),
    );
  });

  test('that expires counts to the end of its last day', async () => {
    const key = await json('create', '--name', 'guest', '--role', 'reader', '--expires', '2199-12-31');
    expect(key.expiresAt).toBe('2200-01-01T00:00:00.000Z');
    now = new Date('2199-12-31T23:59:59.999Z');
    expect((await me(key.secret)).status).toBe(200);
    now = new Date('2200-01-01T00:00:00Z');
    expect(await me(key.secret)).toMatchObject({
      status: 401,
      json: { detail: expect.stringContaining('expired') },
    });
    now = new Date();
  });

  test('that is revoked opens nothing from then on, and the first who revoked it stays on record', async () => {
    const { id, secret } = await json('create', '--name', 'lost', '--role', 'reader');
    expect((await me(secret)).status).toBe(200);
    expect(await json('revoke', id, '--by', 'bert')).toMatchObject({ id, revokedBy: 'bert', changed: true });
    expect(await me(secret)).toMatchObject({
      status: 401,
      json: { detail: expect.stringContaining('revoked') },
    });
    const again = await keys('revoke', id, '--by', 'carla');
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('was revoked already, by bert on 2'),
    });
  });
});

test('an id that no key has is refused', async () => {
  const { code, stderr } = await keys('revoke', 'key-none');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'tidemark: no key "key-none"; "npx tidemark keys list" shows their ids\n',
  });
});
