/** Lists in pages: where the next one begins. */

/** The same question from a key on; null when the page was the last. */
export function nextPage(url: string, key: Readonly<Record<string, string>> | null): string | null {
  if (key === null) return null;
  const [path, query = ''] = url.split('?');
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(key)) parameters.set(name, value);
  return `${path}?${parameters}`;
}
