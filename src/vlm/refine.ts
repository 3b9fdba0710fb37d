import type { GroundedObject } from '../workers/vlm/api.ts';
import { type PixelMap, refinerInputs } from './crops.ts';
import type { Engine } from './engine.ts';
import type { Manifest } from './manifest.ts';
import { maskRings } from './mask-rings.ts';

/** Boxes a run of the refiner; bounds its memory (about 3 MB a box) and the wait for a cancel. */
const batch = 8;

/**
 * Adds masks to the objects whose class has them; the others stay null. Stops early, with what is done so far, when
 * cancelled. `pixels` is the normalised tile, `neck` the connector's map.
 */
export async function addMasks(
  engine: Pick<Engine, 'refine'>,
  manifest: Manifest,
  pixels: Float32Array,
  neck: Float32Array,
  objects: GroundedObject[],
  isCancelled: () => boolean,
): Promise<GroundedObject[]> {
  const { refiner, detector, slicing, vision } = manifest;
  if (!refiner) return objects;
  const { stride } = manifest.neck;
  const [rows, cols] = manifest.neck.grid;
  const image: PixelMap = { data: pixels, rows: slicing.tile, cols: slicing.tile, channels: vision.bands, stride: 1 };
  const features: PixelMap = { data: neck, rows, cols, channels: neck.length / (rows * cols), stride };
  const places = objects.flatMap((object, index) => {
    const classIndex = detector.classes.findIndex((c) => c.name === object.label);
    return classIndex >= 0 && refiner.classes.includes(object.label) ? [{ index, classIndex, box: object.box }] : [];
  });
  const refined = [...objects];
  for (let at = 0; at < places.length && !isCancelled(); at += batch) {
    const part = places.slice(at, at + batch);
    const logits = await engine.refine(refinerInputs({ detector, refiner }, image, features, part));
    const each = refiner.size * refiner.size;
    part.forEach(({ index, box }, i) => {
      const mask = maskRings(logits.subarray(i * each, (i + 1) * each), refiner.size, box, refiner.grow, slicing.tile);
      refined[index] = { ...refined[index]!, mask };
    });
  }
  return refined;
}
