import type { Point, RotatedBox } from '../types.ts';

/** Whether a point lies in a box. */
export function isInBox([x, y]: Point, { cx, cy, w, h, thetaDeg }: RotatedBox): boolean {
  const radians = (thetaDeg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const [dx, dy] = [x - cx, y - cy];
  return Math.abs(dx * cos + dy * sin) <= w / 2 && Math.abs(dy * cos - dx * sin) <= h / 2;
}
