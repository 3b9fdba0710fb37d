import type { PixelWindow } from '../../geo/types.ts';
import type { Evidence, TileState } from '../evidence.ts';
import { type Ground, pixelAreaOf } from './ground.ts';
import type { Shape } from './shape.ts';
import { unionAreaPx } from './union-area.ts';
import { cornersOfWindow } from './zone.ts';

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
  const meeting = evidence.tiles.filter(({ window }) => unionAreaPx([[cornersOfWindow(window)]], zone) > 0);
  for (const { state } of meeting) tiles[state]++;
  let area = 0;
  for (const { value, areaPx, centre } of freshParts(
    meeting
      .filter(({ state }) => state === 'looked')
      .map((tile) => ({ window: tile.window, value: tile.validShare ?? 1 })),
    zone,
  )) {
    area += value * areaPx * pixelAreaOf(ground.frameAt(...centre));
  }
  const seen = meeting.filter(({ state }) => state === 'looked' || state === 'empty');
  const shapes = seen.map(({ window }) => [cornersOfWindow(window)]);
  const zonePx = unionAreaPx([zone], null);
  return { area, share: zonePx > 0 ? Math.min(1, unionAreaPx(shapes, zone) / zonePx) : 0, tiles };
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
  return items.map(({ window, value }, i) => {
    const earlier = items.slice(0, i).filter((item) => meets(item.window, window));
    const shapes = earlier.map((item) => [cornersOfWindow(item.window)]);
    const own = [cornersOfWindow(window)];
    const areaPx = unionAreaPx([...shapes, own], zone) - unionAreaPx(shapes, zone);
    return { value, window, areaPx, centre: [window.x + window.width / 2, window.y + window.height / 2] };
  });
}

const meets = (a: PixelWindow, b: PixelWindow) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
