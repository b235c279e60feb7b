/** Settings of a source: environment variables that only its datasets know. `config/config.ts` reads them, and names wrong ones. */
import type { Source, SourceFacts } from './facts.ts';
import type { Credentials } from './fetcher.ts';

export interface Setting {
  /** What it decides, in Markdown, for the reference. */
  readonly meaning: string;
  readonly default?: string;
  /** Valid values; @default anything */
  readonly form?: SettingForm;
  /** A key or a password: never stored, shown or logged. */
  readonly secret?: true;
}

/** One of some words, the address of a server, or a text of a form that `hint` describes. */
type SettingForm =
  | { readonly oneOf: readonly string[] }
  | { readonly urlSuchAs: string }
  | { readonly pattern: RegExp; readonly hint: string };

/** What was set, or its default, by name. URLs have no trailing slash. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** A setting that conflicts with others, and the hint. */
export interface SettingFault {
  readonly setting: string;
  readonly hint: string;
}

// The key of a source that answers no request without one. Pure.

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
