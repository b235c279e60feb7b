/** Settings of a source: environment variables that only its datasets know. `config.ts` reads them, and names wrong ones. */

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
export type SettingForm =
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
