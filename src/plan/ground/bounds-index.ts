import Flatbush from 'flatbush';
import type { Point } from '../../geo/types.ts';
import type { Bounds } from './shape.ts';

/** Finds rectangles by their place, among any number of them. */
export class BoundsIndex {
  /** Null without rectangles. */
  readonly #tree: Flatbush | null = null;

  constructor(all: readonly Bounds[]) {
    if (all.length === 0) return;
    this.#tree = new Flatbush(all.length);
    for (const { left, top, right, bottom } of all) this.#tree.add(left, top, right, bottom);
    this.#tree.finish();
  }

  /** Indices of the rectangles that meet this one, also at an edge alone, in their order. */
  meeting({ left, top, right, bottom }: Bounds, isMeant?: (index: number) => boolean): number[] {
    return this.#tree?.search(left, top, right, bottom, isMeant).sort((a, b) => a - b) ?? [];
  }

  /** Index of the rectangle nearest to the point; null if none is meant. */
  nearest([x, y]: Point, isMeant: (index: number) => boolean): number | null {
    return this.#tree?.neighbors(x, y, 1, Infinity, isMeant)[0] ?? null;
  }
}
