import type { Point } from '../../geo/types.ts';
import type { SceneObject } from '../../session/document.ts';

/** Is (xPx, yPx) inside the object's rotated box, grown by `tolerancePx` on every side? */
function inBox({ box }: SceneObject, xPx: number, yPx: number, tolerancePx: number): boolean {
  const theta = (box.thetaDeg * Math.PI) / 180;
  const dx = xPx - box.cx;
  const dy = yPx - box.cy;
  const along = dx * Math.cos(theta) + dy * Math.sin(theta);
  const across = -dx * Math.sin(theta) + dy * Math.cos(theta);
  return Math.abs(along) <= box.w / 2 + tolerancePx && Math.abs(across) <= box.h / 2 + tolerancePx;
}

/** The object under a point in source pixels; of several the smallest, so that a box inside a box can be reached. */
export function objectAt(objects: readonly SceneObject[], [xPx, yPx]: Point, tolerancePx: number): SceneObject | null {
  let best: SceneObject | null = null;
  for (const object of objects) {
    if (!inBox(object, xPx, yPx, tolerancePx)) continue;
    if (!best || object.box.w * object.box.h < best.box.w * best.box.h) best = object;
  }
  return best;
}
