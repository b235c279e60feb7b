/** The page in a real browser, over the real API. */
import type { BrowserContext, ConsoleMessage, Locator, Page } from 'playwright-core';
import type { ApiDependencies } from '../../api/dependencies.ts';
import { serveApi } from '../../api/server.ts';
import { freePort } from '../chaos/addresses.ts';
import { sharedChromium } from './chromium.ts';

/** What the page's clock says; the delivery days of the tests lie around it. */
const NOW = '2026-11-04T12:00:00Z';
/** The narrowest screen that the page is made for. */
const PHONE = { width: 360, height: 740 };

export interface OpenPage {
  /** Opens a view in a tab of its own and waits until nothing on it loads any more. */
  visit(hash: string): Promise<Visit>;
  /** The same over an API that answers only with keys. */
  visitWithKeys(hash: string): Promise<Visit>;
  /** Ends the API under the open page, and starts it again where it was. */
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  close(): Promise<void>;
}

interface Visit {
  readonly page: Page;
  /** What the browser complained of, and requests that left our origin. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export async function openPage(deps: ApiDependencies): Promise<OpenPage> {
  const host = '127.0.0.1';
  const port = await freePort();
  const [browser, first, closed] = await Promise.all([
    sharedChromium(),
    serveApi(deps, { host, port }),
    serveApi({ ...deps, access: 'keys' }, { host, port: 0 }),
  ]);
  let open = first;
  // New York, so that a time of the browser's own zone would show.
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'America/New_York' });
  return {
    visit: (hash) => visit(context, open.url, hash),
    visitWithKeys: (hash) => visit(context, closed.url, hash),
    stopServer: () => open.close(),
    startServer: async () => {
      open = await serveApi(deps, { host, port });
    },
    close: async () => {
      await context.close();
      await Promise.all([open.close(), closed.close()]);
    },
  };
}

async function visit(context: BrowserContext, url: string, hash: string): Promise<Visit> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(...complaintOf(message)));
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== url)
      complaints.push(`asked elsewhere: ${request.url()}`);
  });
  await page.clock.setFixedTime(NOW);
  await page.goto(`${url}/${hash}`);
  await settled(page);
  return { page, complaints, close: () => page.close() };
}

function complaintOf(message: ConsoleMessage): string[] {
  return ['error', 'warning'].includes(message.type()) ? [`${message.type()}: ${message.text()}`] : [];
}

/** Until nothing of the page says that it loads. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').waitFor();
  await page.locator('[aria-busy], .loading').first().waitFor({ state: 'detached' });
}

/** The same view on a narrow screen, in the dark. */
export async function onPhone(page: Page): Promise<void> {
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: 'dark' });
}

/** What stands there as a reader sees it: without what is hidden, in lines. */
export async function shownIn(place: Locator): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: what is hidden must not count
  return (await place.innerText()).replaceAll('\u00a0', ' ');
}
