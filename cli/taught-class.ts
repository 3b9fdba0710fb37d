import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Page } from 'playwright';
import { type ErrorCode, NadirError } from '../src/lib/errors.ts';

/** Adds the taught class of a file to the page's session, once the model has loaded. Errors: CLASS_*, MODEL_*. */
export async function addClassInPage(page: Page, path: string): Promise<void> {
  const given = { name: basename(path), text: readFileSync(path, 'utf8') };
  const error = await page.evaluate(async ({ name, text }) => {
    try {
      await globalThis.nadir!.session.teaching.add(new File([text], name));
      return null;
    } catch (thrown) {
      const { code, message } = thrown as { code?: string; message: string };
      return { code: code ?? 'INTERNAL', message };
    }
  }, given);
  if (error) throw new NadirError(error.code as ErrorCode, error.message);
}
