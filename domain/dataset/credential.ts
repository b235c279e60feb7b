/** The key of a source that answers nobody without one. Pure. */
import type { Source, SourceFacts } from './facts.ts';
import type { Credentials } from './fetcher.ts';
import type { Settings } from './settings.ts';

/** The setting that is missing, so that nothing may be requested; undefined where all is there. */
export function missingCredential(source: SourceFacts | Source, given: Settings): string | undefined {
  const credential = 'credential' in source ? source.credential : undefined;
  return credential && !given[credential.setting] ? credential.setting : undefined;
}

/** The key as the source wants it; nothing where it wants none. */
export function credentialsOf({ credential }: Source, given: Settings): Credentials {
  if (!credential) return {};
  const { setting, name, prefix = '' } = credential;
  const value = `${prefix}${given[setting] ?? ''}`;
  return credential.in === 'header' ? { headers: { [name]: value } } : { query: { [name]: value } };
}
