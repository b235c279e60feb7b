/** Does what a browser keeps for us open again as what it was, and as nothing else? */
import { expect, test } from 'vitest';
import { Seal } from '../../../../api/signon/sign-on.ts';

const settings = {
  ...{ issuer: 'https://login.example', clientId: 'tidemark', clientSecret: '0123456789abcdef', page: '' },
  ...{ audiences: [], scopes: 'openid', rolesClaim: 'roles', roles: [], sessionMs: 1 },
};
const from = new Date('2026-11-20T10:00:00Z');
const until = new Date('2026-11-20T11:00:00Z');
const sealed = await new Seal(settings).close('session', { subject: 'anna' }, from, until);
const opened = (as: 'session' | 'sign-on', at: string, changed = {}) =>
  new Seal({ ...settings, ...changed }).open(as, sealed, new Date(at));

test('as it was, until its end, by every server with the same settings', async () => {
  expect(await opened('session', '2026-11-20T10:59:59Z')).toMatchObject({ subject: 'anna' });
  expect(await opened('session', '2026-11-20T11:00:01Z')).toBeUndefined();
});

test('not as something else', async () => {
  expect(await opened('sign-on', '2026-11-20T10:30:00Z')).toBeUndefined();
});

test.each([
  { clientSecret: 'fedcba9876543210' },
  { clientId: 'other' },
  { issuer: 'https://other.example' },
  { rolesClaim: 'groups' },
  { roles: [{ role: 'admin', value: 'x' }] },
])('not with other settings: %j', async (changed) => {
  expect(await opened('session', '2026-11-20T10:30:00Z', changed)).toBeUndefined();
});

test.each(['', 'x', 'a.b.c.d.e', 'eyJhbGciOiJub25lIn0.e30.'])(
  'not what is none of ours: %j',
  async (text) => {
    expect(await new Seal(settings).open('session', text, from)).toBeUndefined();
  },
);
