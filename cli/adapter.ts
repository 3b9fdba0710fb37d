import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { type ErrorCode, NadirError } from '../src/lib/errors.ts';
import type { AdapterInfo } from '../src/vlm/types.ts';

const FILES = ['adapter_config.json', 'adapter_model.safetensors'];

/**
 * Attaches the adapter in `folder` (PEFT layout) to the page's model, once that has loaded. Errors: ADAPTER_*, MODEL_*.
 */
export async function attachInPage(page: Page, folder: string): Promise<AdapterInfo> {
  const files = FILES.filter((name) => existsSync(join(folder, name))).map((name) => ({
    name,
    base64: readFileSync(join(folder, name)).toString('base64'),
  }));
  const reply = await page.evaluate(async (given) => {
    const made = given.map(({ name, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      return new File([bytes], name);
    });
    try {
      return { info: await globalThis.nadir!.session.adapter.attach(made) };
    } catch (thrown) {
      const { code, message } = thrown as { code?: string; message: string };
      return { error: { code: code ?? 'INTERNAL', message } };
    }
  }, files);
  if ('info' in reply) return reply.info;
  throw new NadirError(reply.error.code as ErrorCode, reply.error.message);
}
