import { NadirError } from '../../lib/errors.ts';
import { whyPartFailed } from '../../lib/own-file.ts';

type MapModule = typeof import('./map-controller.ts');

/**
 * Loads the map and its library, a separate chunk so that the page paints first. Also called early, in case the server
 * goes away. Errors: PART_MISSING; the next call tries again.
 */
export async function loadMap(): Promise<MapModule> {
  try {
    return await import('./map-controller.ts');
  } catch (cause) {
    const { why, remedy } = await whyPartFailed(document.baseURI);
    throw new NadirError('PART_MISSING', `The map could not be loaded: ${why}. ${remedy}`, { cause });
  }
}
