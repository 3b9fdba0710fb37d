import { NadirError } from '../../lib/errors.ts';
import { whyPartFailed } from '../../lib/own-file.ts';

type MapModule = typeof import('./map-controller.ts');

/**
 * The map and its library: a chunk of its own, so that the page paints without it. Called early, too, so that it is there when the
 * server isn't. Errors: PART_MISSING; the next call asks again.
 */
export async function loadMap(): Promise<MapModule> {
  try {
    return await import('./map-controller.ts');
  } catch (cause) {
    const { why, remedy } = await whyPartFailed(document.baseURI);
    throw new NadirError('PART_MISSING', `The map could not be loaded: ${why}. ${remedy}`, { cause });
  }
}
