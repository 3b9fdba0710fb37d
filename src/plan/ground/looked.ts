import type { PixelWindow } from '../../geo/types.ts';
import type { Evidence, TileState } from '../evidence.ts';
import { BoundsIndex } from './bounds-index.ts';
import { type Ground, pixelAreaOf } from './ground.ts';
import type { Shape } from './shape.ts';
import { unionAreaPx } from './union-area-px.ts';
import { boundsOfWindow, ZoneClip } from './zone-clip.ts';

/** How much of a zone was looked at. Areas are in the ground's units. */
export interface Looked {
  /** Area of the zone's valid ground that was looked at. */
  area: number;
  /** Share of the zone, 0–1, in tiles that were looked at or found empty. */
  share: number;
  /** Numbers of tiles that meet the zone, by state. */
  tiles: Record<TileState['state'], number>;
}

/** Areas are measured tile by tile, by the ground area of a pixel at its centre. */
export function lookedAt(zone: Shape, evidence: Evidence, ground: Ground): Looked {
  const tiles: Looked['tiles'] = { looked: 0, empty: 0, failed: 0, waiting: 0 };
  const clip = new ZoneClip(zone);
  const meeting = evidence.tiles.filter(({ window }) => clip.areaOf(window) > 0);
  for (const { state } of meeting) tiles[state]++;
  // Ground that a looked tile covers counts as looked at, also where an empty one covers it.
  const seen = [
    ...meeting.filter(({ state }) => state === 'looked'),
    ...meeting.filter(({ state }) => state === 'empty'),
  ];
  let [area, seenPx] = [0, 0];
  for (const { value, areaPx, centre } of freshParts(
    seen.map((tile) => ({ window: tile.window, value: tile.state === 'looked' ? (tile.validShare ?? 1) : 0 })),
    zone,
  )) {
    seenPx += areaPx;
    if (value > 0 && areaPx > 0) area += value * areaPx * pixelAreaOf(ground.frameAt(...centre));
  }
  const zonePx = unionAreaPx([zone], null);
  return { area, share: zonePx > 0 ? Math.min(1, seenPx / zonePx) : 0, tiles };
}

/** A window's part in a zone that no earlier window covers. */
interface Fresh<T> {
  value: T;
  window: PixelWindow;
  areaPx: number;
  centre: readonly [number, number];
}

/** Of windows that may overlap, the parts in the zone that no earlier window covers, so that nothing counts twice. */
export function freshParts<T>(items: readonly { window: PixelWindow; value: T }[], zone: Shape): Fresh<T>[] {
  const clip = new ZoneClip(zone);
  const index = new BoundsIndex(items.map(({ window }) => boundsOfWindow(window)));
  return items.map(({ window, value }, i) => {
    const earlier = index.meeting(boundsOfWindow(window), (other) => other < i).map((other) => items[other]!.window);
    const areaPx = clip.areaOf(window, earlier);
    return { value, window, areaPx, centre: [window.x + window.width / 2, window.y + window.height / 2] };
  });
}
