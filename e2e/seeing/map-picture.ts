import type { Page } from 'playwright';
import type { AppPage } from '../harness/app-page.ts';

export type Rgb = [number, number, number];

/** Without the model there is nothing to wait for. Closes the notice about its absence. */
export const withoutModel = async (context: import('playwright').BrowserContext): Promise<void> => {
  await context.route(/\/models\//, (route) => route.abort());
};

/** The map's colours on the screen, at fractions of its width and height. */
export async function coloursAt(app: AppPage, places: readonly (readonly [number, number])[]): Promise<Rgb[]> {
  const shot = await app.map.screenshot();
  return app.page.evaluate(
    async ({ base64, places }) => {
      const blob = await (await fetch(`data:image/png;base64,${base64}`)).blob();
      const bitmap = await createImageBitmap(blob);
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      return places.map(([x, y]) => {
        const at = [Math.round(x * bitmap.width), Math.round(y * bitmap.height)] as const;
        const [red = 0, green = 0, blue = 0] = context.getImageData(...at, 1, 1).data;
        return [red, green, blue] as [number, number, number];
      });
    },
    { base64: shot.toString('base64'), places },
  );
}

/** Waits until no tile is being read and the picture hasn't changed for a moment. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('.reading-hint') === null);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let frames = 0;
        const next = () => {
          frames += 1;
          if (frames > 6) resolve();
          else requestAnimationFrame(next);
        };
        next();
      }),
  );
  await page.waitForTimeout(400);
}

/** Counts reads from now on. */
export async function countReads(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const { images } = globalThis.nadir!.session;
    const readRaw = images.readRaw.bind(images);
    const counter = globalThis as unknown as { reads: number };
    counter.reads = 0;
    images.readRaw = (...args) => {
      counter.reads += 1;
      return readRaw(...args);
    };
  });
  return () => page.evaluate(() => (globalThis as unknown as { reads: number }).reads);
}
