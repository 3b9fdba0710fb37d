import type { Quad, RotatedBox } from '../types.ts';
import { cornersOf, rotatedIou } from './rotated-box.ts';

/** Non-maximum suppression: keeps each box whose IoU with every better one is below `iou`. `candidates` are sorted best first. */
export function suppress<T extends { box: RotatedBox }>(candidates: readonly T[], iou: number): T[] {
  const chosen: { candidate: T; corners: Quad }[] = [];
  for (const candidate of candidates) {
    const corners = cornersOf(candidate.box);
    if (chosen.every((other) => overlap(candidate.box, corners, other.candidate.box, other.corners) < iou)) {
      chosen.push({ candidate, corners });
    }
  }
  return chosen.map((each) => each.candidate);
}

function overlap(a: RotatedBox, aCorners: Quad, b: RotatedBox, bCorners: Quad): number {
  const reach = (Math.hypot(a.w, a.h) + Math.hypot(b.w, b.h)) / 2;
  if (Math.hypot(a.cx - b.cx, a.cy - b.cy) >= reach) return 0;
  return rotatedIou(aCorners, bCorners);
}
