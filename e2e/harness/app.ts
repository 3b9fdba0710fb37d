import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { type LaunchOptions, launchBrowser } from '../../cli/browser.ts';
import type { BackendChoice } from '../../src/vlm/types.ts';
import { AppPage } from './app-page.ts';

export interface OpenOptions extends Pick<BrowserContextOptions, 'colorScheme' | 'viewport'> {
  backend?: BackendChoice;
  /** What draws the imagery. Default: the page decides. */
  draw?: 'gpu' | 'cpu';
  /** A server other than the shared one; ends in "/". */
  url?: string;
  /** Called before the first request: routes, init scripts. */
  prepare?: (context: BrowserContext) => Promise<void>;
}

export interface AppBrowser {
  /** A page of the app in a fresh profile; closed after the test. */
  open(options?: OpenOptions): Promise<AppPage>;
  /** The app in another tab of the same profile. */
  openTab(beside: AppPage): Promise<AppPage>;
  /** URLs that every page of this file requested. */
  readonly requests: string[];
}

/**
 * One browser per test file. In every story, a request to another host than the served app fails the test that made it.
 */
export function useBrowser(options: LaunchOptions): AppBrowser {
  let browser: Browser | null = null;
  const contexts: BrowserContext[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser({ path: inject('browserPath'), source: 'global setup' }, options);
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    expect(requests.filter((url) => !isLocal(url))).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
  });

  return {
    requests,
    open: async ({ backend = 'wasm', draw, url = inject('appUrl'), prepare, ...contextOptions }: OpenOptions = {}) => {
      if (!browser) throw new Error('The browser has not been launched yet.');
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...contextOptions });
      contexts.push(context);
      context.on('request', (request) => requests.push(request.url()));
      await prepare?.(context);
      const page: Page = await context.newPage();
      page.on('websocket', (socket) => requests.push(socket.url()));
      await page.goto(`${url}?backend=${backend}${draw ? `&draw=${draw}` : ''}`);
      return new AppPage(page);
    },
    openTab: async (beside) => {
      const page = await beside.page.context().newPage();
      await page.goto(beside.page.url());
      return new AppPage(page);
    },
  };
}

/** Blobs, data URLs and files never leave the machine. */
export function isLocal(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return ['blob:', 'data:', 'about:', 'file:'].includes(protocol) || hostname === new URL(inject('appUrl')).hostname;
}
