import type { PixelWindow, RotatedBox } from '../../geo/types.ts';
import { intersect } from '../../geo/windows.ts';
import { NadirError } from '../../lib/errors.ts';
import type { AskInput } from '../asking/port.ts';
import type { Answer } from '../document.ts';

export interface ChosenRegion {
  /** Inside the scene, at least one pixel each way. */
  window: PixelWindow;
  kind: Answer['regionKind'];
}

export interface RegionSources {
  width: number;
  height: number;
  drawn: PixelWindow | null;
  view: PixelWindow | null;
}

/** The region of a question: the one given, else the drawn one, else the view, else the scene. Errors: WINDOW_OUTSIDE. */
export function chooseRegion(asked: AskInput['region'], sources: RegionSources): ChosenRegion {
  const scene: PixelWindow = { x: 0, y: 0, width: sources.width, height: sources.height };
  if (asked === 'scene') return { window: scene, kind: 'scene' };
  const explicit = asked ?? sources.drawn;
  if (explicit) {
    const inside = intersect(explicit, scene);
    if (!inside) throw outside(explicit, scene);
    return { window: inside, kind: sameWindow(explicit, sources.view) ? 'view' : 'drawn' };
  }
  if (!sources.view) return { window: scene, kind: 'scene' };
  const visible = intersect(sources.view, scene);
  if (!visible) {
    throw new NadirError('WINDOW_OUTSIDE', 'The view shows no part of the scene. Zoom to the scene, or draw a region.');
  }
  const wholeScene = visible.width === scene.width && visible.height === scene.height;
  return { window: visible, kind: wholeScene ? 'scene' : 'view' };
}

function sameWindow(a: PixelWindow, b: PixelWindow | null): boolean {
  return b !== null && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

export function contains(window: PixelWindow, xPx: number, yPx: number): boolean {
  return xPx >= window.x && yPx >= window.y && xPx <= window.x + window.width && yPx <= window.y + window.height;
}

/** The source window as an unrotated box in the pixels of a tile of `tileSize`² that shows `slice`. */
export function windowAsTileBox(window: PixelWindow, slice: PixelWindow, tileSize: number): RotatedBox {
  const scaleX = tileSize / slice.width;
  const scaleY = tileSize / slice.height;
  return {
    cx: (window.x + window.width / 2 - slice.x) * scaleX,
    cy: (window.y + window.height / 2 - slice.y) * scaleY,
    w: window.width * scaleX,
    h: window.height * scaleY,
    thetaDeg: 0,
  };
}

function outside(window: PixelWindow, scene: PixelWindow): NadirError {
  const { x, y, width, height } = window;
  return new NadirError(
    'WINDOW_OUTSIDE',
    `The region ${x},${y},${width},${height} lies outside the scene of ${scene.width} × ${scene.height} pixels. Choose one inside it.`,
  );
}

/** `part` of the image in pixels of a tile of `tileSize`² that shows `window`. */
export function partOfTile(part: PixelWindow, window: PixelWindow, tileSize: number): PixelWindow {
  const [scaleX, scaleY] = [tileSize / window.width, tileSize / window.height];
  return {
    x: (part.x - window.x) * scaleX,
    y: (part.y - window.y) * scaleY,
    width: part.width * scaleX,
    height: part.height * scaleY,
  };
}
