/** A private CA and what it signs, made by openssl for one test file. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Pair {
  /** PEM files. */
  readonly certificate: string;
  readonly key: string;
}

export interface Authority {
  /** The PEM file of its own certificate. */
  readonly ca: string;
  /** @param name common name; @param host what `subjectAltName` says: `IP:127.0.0.1`. */
  issue(name: string, host: string): Pair;
  remove(): void;
}

export function createAuthority(name: string): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-ca-'));
  const file = (of: string) => join(folder, of);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const ca = file('ca.pem');
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    file('ca.key'),
    '-out',
    ca,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
  );
  return {
    ca,
    issue(subject, host) {
      const [certificate, key, request, extension] = ['pem', 'key', 'csr', 'ext'].map((end) =>
        file(`${subject}.${end}`),
      ) as [string, string, string, string];
      openssl('req', ...newKey, '-keyout', key, '-out', request, '-subj', `/CN=${subject}`);
      writeFileSync(extension, `subjectAltName=${host}\n`);
      const by = [
        '-CA',
        ca,
        '-CAkey',
        file('ca.key'),
        '-CAcreateserial',
        '-days',
        '2',
        '-extfile',
        extension,
      ];
      openssl('x509', '-req', '-in', request, '-out', certificate, ...by);
      return { certificate, key };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
