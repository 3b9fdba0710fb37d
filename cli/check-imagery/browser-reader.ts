import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { createServer, type ViteDevServer } from 'vite';
import { ensureBrowser, launchBrowser } from '../browser.ts';
import { ROOT } from '../paths.ts';
import type { Reading, Window } from './read-image.ts';

/** Reads images in Chromium, for the formats that only a browser decodes. Starts with the first such image. */
export class BrowserReader {
  private running: Promise<{ server: ViteDevServer; browser: Browser; page: Page }> | null = null;

  async read(file: File, sidecars: readonly File[], windows: readonly Window[] | null): Promise<Reading> {
    this.running ??= this.start();
    const { page } = await this.running;
    const input = page.locator('#files');
    const all = await Promise.all(
      [file, ...sidecars].map(async (each) => ({
        name: each.name,
        mimeType: 'application/octet-stream',
        buffer: Buffer.from(await each.arrayBuffer()),
      })),
    );
    await input.setInputFiles(all);
    // Samples are returned as base64, because a page returns only JSON.
    const answer = await page.evaluate(
      (asked) => (window as unknown as { readForCheck(w: unknown): Promise<string> }).readForCheck(asked),
      windows as unknown,
    );
    const { samples, ...rest } = JSON.parse(answer) as { samples?: string } & Record<string, unknown>;
    if (samples === undefined) return rest as unknown as Reading;
    const bytes = Buffer.from(samples, 'base64');
    const floats = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    return { ...rest, samples: floats } as unknown as Reading;
  }

  async close(): Promise<void> {
    const running = await this.running?.catch(() => null);
    await running?.browser.close();
    await running?.server.close();
  }

  private async start() {
    const server = await createServer({
      root: ROOT,
      configFile: join(ROOT, 'vite.config.ts'),
      cacheDir: join(tmpdir(), 'nadir-check-vite'),
      logLevel: 'silent',
      server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
    });
    await server.listen();
    const { port } = server.httpServer!.address() as { port: number };
    const browser = await launchBrowser(ensureBrowser(console.error), { webgpu: 'off' });
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/cli/check-imagery/page.html`);
    await page.waitForFunction(() => 'readForCheck' in window);
    return { server, browser, page };
  }
}
