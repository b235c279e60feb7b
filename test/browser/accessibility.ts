/** What a view must have for people who do not see it, asked of the browser's own accessibility tree. */
import type { Page } from 'playwright-core';

const INTERACTIVE = new Set([
  ...['button', 'link', 'textbox', 'searchbox', 'combobox', 'checkbox', 'gridcell', 'grid', 'region'],
  ...['navigation', 'DisclosureTriangle', 'Date', 'DateTime', 'dialog'],
]);

const LANDMARKS = ['banner', 'navigation', 'search', 'main', 'contentinfo'];

interface Node {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}

/** Everything that is wrong with the view, one line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const { nameless, roles } = await treeOf(page);
  const missing = LANDMARKS.filter((role) => !roles.has(role));
  return [
    ...nameless,
    ...missing.map((role) => `there is no landmark "${role}"`),
    ...(await headingFaults(page)),
    ...(await overflow(page)),
  ];
}

/** Also while a dialog covers the rest of the page, which is then not there for anybody. */
export async function namelessParts(page: Page): Promise<string[]> {
  return (await treeOf(page)).nameless;
}

async function treeOf(page: Page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: Node[] };
  await session.detach();
  const shown = nodes.filter(({ ignored }) => !ignored);
  const nameless = shown.filter(
    ({ role, name }) => INTERACTIVE.has(role?.value ?? '') && !name?.value.trim(),
  );
  const faults = nameless.map(({ role }) => `a ${role?.value} has no name`);
  return { nameless: faults, roles: new Set(shown.map(({ role }) => role?.value)) };
}

/** One h1, and no level left out. */
async function headingFaults(page: Page): Promise<string[]> {
  const levels: number[] = await page.evaluate(
    `[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter((each) => each.checkVisibility())
       .map((each) => Number(each.tagName.slice(1)))`,
  );
  const faults = levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1);
  const ones = levels.filter((level) => level === 1).length;
  return [
    ...faults.map((level) => `a heading of level ${level} follows none of level ${level - 1}`),
    ...(ones === 1 ? [] : [`${ones} headings of level 1`]),
  ];
}

/** The page itself never scrolls sideways; a wide table does so in its own box. */
export async function overflow(page: Page): Promise<string[]> {
  const [content, screen]: number[] = await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  return (content ?? 0) > (screen ?? 0) ? [`the page is ${content} px wide on a screen of ${screen}`] : [];
}
