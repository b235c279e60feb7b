/** Settings of sources: base URLs, and those that a source declares by itself. */
import { z } from 'zod';
import type { Source, SourceFacts } from '../domain/dataset/facts.ts';
import type { Setting, SettingFault, Settings } from '../domain/dataset/settings.ts';

/** A schema for every setting of every source, by name. */
export function sourceSchemas(
  sources: readonly SourceFacts[],
): Record<string, z.ZodType<string | undefined>> {
  const declared = sources.flatMap(({ settings = {} }) => Object.entries(settings));
  return {
    ...Object.fromEntries(declared.map(([name, setting]) => [name, schemaOf(setting)])),
    ...Object.fromEntries(
      sources
        .filter(hasBaseUrl)
        .map(({ baseUrl }) => [
          baseUrl.setting,
          urlLike(`write a URL such as ${baseUrl.default}`).optional(),
        ]),
    ),
  };
}

/** The settings that a source declares itself, by name. */
export function settingsOfSource({ settings = {} }: SourceFacts, given: Settings): Settings {
  const names = Object.keys(settings);
  return Object.fromEntries(names.map((name) => [name, withoutSlash(settings[name], given[name])]));
}

/** Faults of the settings of sources in combination. */
export function sourceFaults(sources: readonly SourceFacts[], given: Settings): SettingFault[] {
  return sources.flatMap((source) => source.settingFaults?.(settingsOfSource(source, given)) ?? []);
}

/** Names of settings that are never shown. */
export function secretSettings(sources: readonly SourceFacts[]): string[] {
  const declared = sources.flatMap(({ settings = {} }) => Object.entries(settings));
  return declared.filter(([, { secret }]) => secret).map(([name]) => name);
}

/** Base URLs by source id, without trailing slash. */
export function baseUrlsOf(sources: readonly SourceFacts[], given: Settings): ReadonlyMap<string, string> {
  return new Map(
    sources
      .filter(hasBaseUrl)
      .map(({ id, baseUrl }) => [id, (given[baseUrl.setting] ?? baseUrl.default).replace(/\/$/, '')]),
  );
}

/** An HTTP or HTTPS URL with nothing in it that must not be stored or shown. */
export function urlLike(hint: string) {
  return z.url({ protocol: /^https?$/, error: hint }).refine(isBare, `${hint}; ${NOTHING_MORE}`);
}

/** URLs are stored with their payloads, shown and logged. */
const NOTHING_MORE = 'a user, a password, a query or a # has no place in it, because it is stored and shown';

/** Also true for an invalid URL, which another check has reported already. */
function isBare(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { protocol, username, password } = new URL(text);
  if (!/^https?:$/.test(protocol)) return true;
  return !username && !password && !/[?#]/.test(text);
}

function schemaOf(setting: Setting): z.ZodType<string | undefined> {
  const schema = formOf(setting);
  return setting.default === undefined ? schema.optional() : schema.default(setting.default);
}

function formOf({ form }: Setting): z.ZodType<string> {
  if (form === undefined) return z.string();
  if ('oneOf' in form) return z.enum(form.oneOf, { error: `write one of ${form.oneOf.join(', ')}` });
  if ('urlSuchAs' in form) return urlLike(`write a URL such as ${form.urlSuchAs}`);
  return z.string().regex(form.pattern, form.hint);
}

function withoutSlash(setting: Setting | undefined, given: string | undefined): string | undefined {
  return setting?.form && 'urlSuchAs' in setting.form ? given?.replace(/\/$/, '') : given;
}

/** Whether a source is requested over HTTP. */
export function hasBaseUrl(source: SourceFacts): source is Source {
  return 'baseUrl' in source;
}
