/** Who is a person by their claims, and what may they? */
import { expect, test } from 'vitest';
import { personOf } from '../../../domain/sign-on.ts';

const roles = [
  { role: 'reader', value: 'traders' },
  { role: 'operator', value: 'data-desk' },
  { role: 'admin', value: 'https://login.example/groups/7' },
] as const;
const roleOf = (claims: object, rolesClaim = 'roles') =>
  personOf({ sub: 's', ...claims }, { rolesClaim, roles })?.role;

test('the greatest role that any value of the claim grants', () => {
  expect(roleOf({ roles: ['traders'] })).toBe('reader');
  expect(roleOf({ roles: ['data-desk', 'traders', 'kitchen'] })).toBe('operator');
  expect(roleOf({ roles: ['https://login.example/groups/7', 'traders'] })).toBe('admin');
});

test('a text is one value, or several with blanks between', () => {
  expect(roleOf({ roles: 'data-desk' })).toBe('operator');
  expect(roleOf({ roles: 'kitchen data-desk' })).toBe('operator');
  expect(
    personOf(
      { sub: 's', roles: 'data desk' },
      { rolesClaim: 'roles', roles: [{ role: 'reader', value: 'data desk' }] },
    )?.role,
  ).toBe('reader');
});

test.each([
  {},
  { roles: [] },
  { roles: ['kitchen'] },
  { roles: 'data-desks' },
  { roles: { 'data-desk': true } },
  { roles: [['data-desk']] },
  { roles: null },
  { roles: 7 },
])('nothing else grants one: %j', (claims) => {
  expect(roleOf(claims)).toBeUndefined();
});

test('the claim may be nested, or have dots in its name', () => {
  expect(roleOf({ realm_access: { roles: ['traders'] } }, 'realm_access.roles')).toBe('reader');
  expect(roleOf({ 'https://desk.example/roles': ['traders'] }, 'https://desk.example/roles')).toBe('reader');
  expect(roleOf({ realm_access: null }, 'realm_access.roles')).toBeUndefined();
  // Nothing that every object has.
  expect(roleOf({}, 'constructor.name')).toBeUndefined();
});

test('the name is for people, and has the subject, which alone is for good', () => {
  const nameOf = (claims: object) =>
    personOf({ sub: 'a1', roles: 'traders', ...claims }, { rolesClaim: 'roles', roles })?.name;
  expect(nameOf({})).toBe('a1');
  expect(nameOf({ preferred_username: 'anna', email: 'anna@desk.example', name: 'Anna' })).toBe('anna (a1)');
  expect(nameOf({ preferred_username: '', email: 'anna@desk.example' })).toBe('anna@desk.example (a1)');
  expect(nameOf({ preferred_username: 'a1' })).toBe('a1');
  expect(nameOf({ name: 'An\nna\u0000' })).toBe('An na  (a1)');
  expect(nameOf({ sub: 'a\u00001' })).toBe('a 1');
  expect(nameOf({ name: 'a'.repeat(1_000) })).toHaveLength(200);
});
