/** The key of a source that answers no request without one. Pure. */
import type { Source, SourceFacts } from './facts.ts';
import type { Credentials } from './fetcher.ts';
import type { Settings } from './settings.ts';

/** The missing setting without which nothing may be requested; undefined where all are set. */
export function missingCredential(source: SourceFacts | Source, given: Settings): string | undefined {
  const credential = 'credential' in source ? source.credential : undefined;
  return credential && !given[credential.setting] ? credential.setting : undefined;
}

/** The key in the form that the source expects; nothing where it needs none. */
export function credentialsOf({ credential }: Source, given: Settings): Credentials {
  if (!credential) return {};
  const { setting, name, prefix = '' } = credential;
  const value = `${prefix}${given[setting] ?? ''}`;
  return credential.in === 'header' ? { headers: { [name]: value } } : { query: { [name]: value } };
}
