import { nextMacrotask } from '../../../lib/macrotask.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { Engine } from '../../runtime/engine.ts';
import type { Thing } from '../../types.ts';
import { type MaskPlace, type PixelMap, refinerInputs } from './crops.ts';
import { maskRings } from './mask-rings.ts';

/** Boxes per run of the refiner. It limits the memory (about 3 MB per box) and the wait for a cancel. */
const batch = 8;

/** The parts of a tile that the refiner reads: the normalised pixels f32[tile, tile, bands] and the connector's map. */
export interface SeenMaps {
  pixels: Float32Array;
  neck: Float32Array;
}

/** `index` is the caller's own. */
export interface RefinerPlace extends MaskPlace {
  index: number;
}

/** Yields each box with its mask logits f32[size, size], in the box's enlarged frame. Ends early when cancelled. */
export async function* refineBoxes(
  engine: Pick<Engine, 'refine'>,
  manifest: Manifest,
  { pixels, neck }: SeenMaps,
  places: readonly RefinerPlace[],
  isCancelled: () => boolean,
): AsyncGenerator<{ place: RefinerPlace; logits: Float32Array }> {
  const { refiner, slicing, vision } = manifest;
  const grid = manifest.connector.neck;
  if (!refiner || !grid) return;
  const [rows, cols] = grid.grid;
  const image: PixelMap = { data: pixels, rows: slicing.tile, cols: slicing.tile, channels: vision.bands, stride: 1 };
  const features: PixelMap = { data: neck, rows, cols, channels: neck.length / (rows * cols), stride: grid.stride };
  const each = refiner.size * refiner.size;
  for (let at = 0; at < places.length; at += batch) {
    // On WebAssembly a run blocks the event loop, and a cancel arrives as a message.
    await nextMacrotask();
    if (isCancelled()) return;
    const part = places.slice(at, at + batch);
    const logits = await engine.refine(refinerInputs(refiner, image, features, part));
    for (const [i, place] of part.entries()) yield { place, logits: logits.subarray(i * each, (i + 1) * each) };
  }
}

/**
 * Adds masks to the things whose class has them; the others stay null. When cancelled, it stops early and keeps the
 * masks made so far.
 */
export async function addMasks<T extends Thing>(
  engine: Pick<Engine, 'refine'>,
  manifest: Manifest,
  seen: SeenMaps,
  things: T[],
  isCancelled: () => boolean,
): Promise<T[]> {
  const { refiner, slicing } = manifest;
  if (!refiner) return things;
  const places = things.flatMap(({ label, box }, index) => {
    const maskClass = refiner.classes.indexOf(label);
    return maskClass >= 0 ? [{ index, maskClass, box }] : [];
  });
  const refined = [...things];
  for await (const { place, logits } of refineBoxes(engine, manifest, seen, places, isCancelled)) {
    const rings = maskRings(logits, refiner.size, place.box, refiner.grow, slicing.tile);
    refined[place.index] = { ...refined[place.index]!, rings };
  }
  return refined;
}
