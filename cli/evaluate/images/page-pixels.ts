import type { Browser, Page } from 'playwright';
import type { Rgb } from './defects.ts';

/** Decodes JPEG and PNG in an empty page of the browser, so that no image library is needed. */
export class PagePixels {
  private readonly browser: Browser;
  private page: Promise<Page> | null = null;

  constructor(browser: Browser) {
    this.browser = browser;
  }

  /** Without colour management: the bytes are the file's own. Rejects if the browser can't decode the image. */
  async decode(file: Buffer): Promise<Rgb> {
    this.page ??= this.browser.newPage();
    const page = await this.page;
    const { base64, width, height } = await page.evaluate(async (encoded) => {
      const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]), {
        colorSpaceConversion: 'none',
        premultiplyAlpha: 'none',
      });
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext('2d', { willReadFrequently: true })!;
      context.drawImage(bitmap, 0, 0);
      const rgba = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
      let text = '';
      for (let i = 0; i < rgba.length; i += 4) text += String.fromCharCode(rgba[i]!, rgba[i + 1]!, rgba[i + 2]!);
      return { base64: btoa(text), width: bitmap.width, height: bitmap.height };
    }, file.toString('base64'));
    return { data: new Uint8Array(Buffer.from(base64, 'base64')), width, height };
  }
}
