import { NadirError } from '../../lib/errors.ts';
import type { OpenContext } from '../open/open-context.ts';
import { blobSource } from '../tiff/byte-source.ts';
import { openTiff } from '../tiff/source.ts';

/** Rows read at once. */
const ROWS = 256;

/**
 * A picture's .msk mask, one byte per pixel, 0 = hidden. If the mask has another size, returns null and adds to
 * `notes`.
 */
export async function readMask(
  { name, blob }: { name: string; blob: Blob },
  { width, height }: { width: number; height: number },
  context: OpenContext,
  notes: string[],
): Promise<Uint8Array | null> {
  const { sidecars: _, ...shared } = context;
  try {
    const scene = await openTiff(blobSource(blob), { ...shared, keyPrefix: `${context.keyPrefix}/msk` });
    if (scene.width !== width || scene.height !== height) {
      notes.push(
        `${name} is ${scene.width}×${scene.height} pixels, but the picture is ${width}×${height}; it was ignored.`,
      );
      return null;
    }
    const mask = new Uint8Array(width * height);
    for (let y = 0; y < height; y += ROWS) {
      const rows = Math.min(ROWS, height - y);
      const [plane] = await scene.levels[0]!.read(0, y, width, rows, [0], null);
      plane!.forEach((value, i) => {
        mask[y * width + i] = value > 0 ? 1 : 0;
      });
    }
    scene.close();
    return mask;
  } catch (thrown) {
    notes.push(`${name} was left out: ${NadirError.from(thrown).message}`);
    return null;
  }
}
