/**
 * An API that needs no key for reading answers only requests whose Host is a name of this machine: a foreign page can point its
 * own name here (DNS rebinding), and the browser would treat it as the same origin.
 */
import { hostname } from 'node:os';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

export function refuseOtherHosts(api: Api, { access, hosts }: ApiDependencies): void {
  if (access !== 'open') return;
  const own = new Set([...LOOPBACK, hostname(), ...hosts].map((host) => host.toLowerCase()));
  api.addHook('onRequest', async ({ headers }) => {
    const { host = '' } = headers;
    if (own.has(nameIn(host))) return;
    const detail =
      `this API is open to this machine alone and was called as "${host.slice(0, 200)}"; call it as localhost, or name the ` +
      'host in the setting API_HOSTS';
    throw new Problem(421, detail);
  });
}

/** Without the port. */
function nameIn(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}
