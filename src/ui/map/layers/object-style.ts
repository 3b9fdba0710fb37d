import Point from 'ol/geom/Point.js';
import CircleStyle from 'ol/style/Circle.js';
import Fill from 'ol/style/Fill.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import Text from 'ol/style/Text.js';
import { cornersOf } from '../../../geo/boxes/rotated-box.ts';
import type { SceneObject } from '../../../session/document.ts';
import { certaintyWords, isUncertain } from '../../format/certainty.ts';
import { type ClassColour, withAlpha } from '../../format/class-colour.ts';
import { toMap } from '../pixel-space.ts';

const halo = 'rgba(0, 0, 0, 0.65)';
const rejectedDash = [5, 4];
const chipFont = '600 11px "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif';

export interface Emphasis {
  hovered: boolean;
  selected: boolean;
  /** Whether to show the number chip; all boxes do while there are few. */
  chip: boolean;
}

/** Box outline over a dark halo, and its number chip. Rejected boxes are dashed; accepted ones have a tick. */
export function boxStyles(object: SceneObject, colour: ClassColour, emphasis: Emphasis): Style[] {
  const strong = emphasis.hovered || emphasis.selected;
  const width = strong ? 2.5 : 1.5;
  const dash = object.state === 'rejected' ? { lineDash: rejectedDash } : {};
  const styles = [
    new Style({ stroke: new Stroke({ color: halo, width: width + 2.5, ...dash }), zIndex: strong ? 10 : 1 }),
    new Style({
      stroke: new Stroke({
        color: object.state === 'rejected' ? withAlpha(colour.hex, 0.8) : colour.hex,
        width,
        ...dash,
      }),
      ...(emphasis.selected ? { fill: new Fill({ color: withAlpha(colour.hex, 0.16) }) } : {}),
      zIndex: strong ? 11 : 2,
    }),
  ];
  if (strong || emphasis.chip) styles.push(chipStyle(object, colour, strong));
  return styles;
}

/** "3", or "3?" if uncertain; "airplane 3 · score 0.82" when pointed at. Placed above the box's highest corner. */
function chipStyle(object: SceneObject, colour: ClassColour, long: boolean): Style {
  const top = cornersOf(object.box).reduce((best, corner) => (corner[1] < best[1] ? corner : best));
  const tick = object.state === 'accepted' ? '✓ ' : object.state === 'rejected' ? '✕ ' : '';
  const score = object.score === null ? '' : ` · ${certaintyWords(object)}`;
  const doubt = object.state === 'proposed' && isUncertain(object) ? '?' : '';
  return new Style({
    geometry: new Point(toMap(top[0], top[1])),
    text: new Text({
      text: long ? `${tick}${object.label} ${object.number}${score}` : `${tick}${object.number}${doubt}`,
      font: chipFont,
      fill: new Fill({ color: colour.ink }),
      backgroundFill: new Fill({ color: colour.hex }),
      backgroundStroke: new Stroke({ color: halo, width: 1 }),
      padding: [2, 4, 1, 5],
      offsetY: -11,
      overflow: true,
    }),
    zIndex: long ? 30 : 20,
  });
}

export function maskStyle(object: SceneObject, colour: ClassColour, emphasis: Emphasis): Style | null {
  if (object.state === 'rejected') return null;
  const strong = emphasis.hovered || emphasis.selected;
  return new Style({
    fill: new Fill({ color: withAlpha(colour.hex, strong ? 0.5 : 0.32) }),
    stroke: new Stroke({ color: withAlpha(colour.hex, 0.95), width: 1 }),
  });
}

/** What an outline on the map shows. */
export type OutlineKind = 'scene' | 'drawn' | 'answer';

/**
 * The drawn region: solid accent. An answer's region: thin and dashed. The scene's edge: a hairline, which makes even a
 * narrow strip visible.
 */
export function outlineStyles(kind: OutlineKind): Style[] {
  if (kind === 'scene') return [new Style({ stroke: new Stroke({ color: 'rgba(128, 140, 148, 0.8)', width: 1 }) })];
  const dash = kind === 'answer' ? { lineDash: [6, 5] } : {};
  return [
    new Style({ stroke: new Stroke({ color: halo, width: 3.5 }) }),
    new Style({ stroke: new Stroke({ color: kind === 'drawn' ? '#4fd1c0' : '#ffffff', width: 1.5, ...dash }) }),
  ];
}

/** The outline of a slice that the model was given, with its number. */
export function sliceStyles(number: number): Style[] {
  return [
    new Style({ stroke: new Stroke({ color: halo, width: 3 }) }),
    new Style({
      stroke: new Stroke({ color: '#ffd166', width: 1, lineDash: [2, 3] }),
      text: new Text({
        text: String(number),
        font: chipFont,
        fill: new Fill({ color: '#ffd166' }),
        stroke: new Stroke({ color: halo, width: 3 }),
      }),
    }),
  ];
}

const vectorHalo = new Stroke({ color: halo, width: 3.5 });
const vectorStroke = new Stroke({ color: '#ffffff', width: 1.5 });
const vectorFill = new Fill({ color: 'rgba(255, 255, 255, 0.08)' });

/** A vector layer: white, which no class is, and solid, which an answer's region isn't. */
export const vectorStyles: Style[] = [
  new Style({ stroke: vectorHalo, image: new CircleStyle({ radius: 4, stroke: vectorHalo }) }),
  new Style({
    stroke: vectorStroke,
    fill: vectorFill,
    image: new CircleStyle({ radius: 4, stroke: vectorStroke, fill: vectorFill }),
  }),
];
