import { computed, effect } from '@preact/signals';
import Feature from 'ol/Feature.js';
import MultiPolygon from 'ol/geom/MultiPolygon.js';
import Polygon, { fromExtent } from 'ol/geom/Polygon.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import { cornersOf } from '../../../geo/boxes/rotated-box.ts';
import type { PixelWindow } from '../../../geo/types.ts';
import { type SceneObject, tilesSeen } from '../../../session/document.ts';
import type { Session } from '../../../session/port.ts';
import { classColour } from '../../format/class-colour.ts';
import { boxesVisible, classFilter, hoveredAnswer, isHidden, masksVisible, slicesShown } from '../../ui-state.ts';
import { toMap, windowToExtent } from '../pixel-space.ts';
import { boxStyles, type Emphasis, maskStyle, type OutlineKind, outlineStyles, sliceStyles } from './object-style.ts';

/** Up to this many boxes, each shows its number chip; above, only the box under the pointer does. */
const chipLimit = 40;

const ring = (points: readonly (readonly [number, number])[]) => {
  const mapped = points.map(([x, y]) => toMap(x, y));
  if (mapped[0]) mapped.push(mapped[0]);
  return mapped;
};

/** Boxes, masks and regions as vector layers, redrawn when the session's signals change. */
export class ObjectLayers {
  readonly #session: Pick<Session, 'asking' | 'layers' | 'review'>;
  readonly #boxes = new VectorSource();
  readonly #masks = new VectorSource();
  readonly #regions = new VectorSource();
  readonly layers: VectorLayer[];
  #byId = new Map<string, SceneObject>();
  #disposers: (() => void)[];

  constructor(session: Pick<Session, 'asking' | 'layers' | 'review'>, scene: PixelWindow) {
    this.#session = session;
    const options = { updateWhileAnimating: true, updateWhileInteracting: true, renderBuffer: 200 };
    const maskLayer = new VectorLayer({
      ...options,
      source: this.#masks,
      style: (feature) => {
        const object = this.#byId.get(String(feature.getId()));
        return object ? (maskStyle(object, classColour(object.label), this.#emphasis(object)) ?? undefined) : undefined;
      },
    });
    const boxLayer = new VectorLayer({
      ...options,
      source: this.#boxes,
      style: (feature) => {
        const object = this.#byId.get(String(feature.getId()));
        return object ? boxStyles(object, classColour(object.label), this.#emphasis(object)) : undefined;
      },
    });
    const regionLayer = new VectorLayer({
      ...options,
      source: this.#regions,
      style: (feature) => {
        const number: unknown = feature.get('number');
        return typeof number === 'number' ? sliceStyles(number) : outlineStyles(feature.get('kind') as OutlineKind);
      },
    });
    this.layers = [maskLayer, regionLayer, boxLayer];
    // A computed value, because answers change with every token but their regions don't, and redrawing the map is
    // expensive.
    const answerRegion = computed(() => {
      const shown = hoveredAnswer.value ?? session.asking.running.value;
      return session.asking.answers.value.find((answer) => answer.id === shown)?.region ?? null;
    });
    this.#disposers = [
      effect(() =>
        this.#setObjects(session.review.objects.value, classFilter.value, session.review.hiddenLabels.value),
      ),
      effect(() => {
        boxLayer.setVisible(boxesVisible.value);
        maskLayer.setVisible(masksVisible.value);
      }),
      effect(() => {
        session.review.hovered.value;
        session.review.selected.value;
        boxLayer.changed();
        maskLayer.changed();
      }),
      effect(() => {
        const outlines = { scene, drawn: session.layers.region.value, answer: answerRegion.value };
        const sliced = session.asking.answers.value.find((answer) => answer.id === slicesShown.value);
        this.#setOutlines(outlines, sliced ? tilesSeen(sliced) : []);
      }),
    ];
  }

  /** Objects that can currently be pointed at. */
  visibleObjects(): SceneObject[] {
    return boxesVisible.value || masksVisible.value ? [...this.#byId.values()] : [];
  }

  dispose(): void {
    for (const dispose of this.#disposers) dispose();
  }

  #emphasis(object: SceneObject): Emphasis {
    return {
      hovered: this.#session.review.hovered.peek() === object.id,
      selected: this.#session.review.selected.peek() === object.id,
      chip: this.#byId.size <= chipLimit,
    };
  }

  #setObjects(objects: readonly SceneObject[], filter: string | null, hidden: ReadonlySet<string>): void {
    const shown = objects.filter(
      (object) => (filter === null || object.label === filter) && !hidden.has(object.label) && !isHidden(object),
    );
    this.#byId = new Map(shown.map((object) => [object.id, object]));
    const boxes: Feature[] = [];
    const masks: Feature[] = [];
    for (const object of shown) {
      const box = new Feature(new Polygon([ring(cornersOf(object.box))]));
      box.setId(object.id);
      boxes.push(box);
      if (!object.rings) continue;
      const mask = new Feature(new MultiPolygon(object.rings.map((outer) => [ring(outer)])));
      mask.setId(object.id);
      masks.push(mask);
    }
    this.#boxes.clear(true);
    this.#masks.clear(true);
    this.#boxes.addFeatures(boxes);
    this.#masks.addFeatures(masks);
  }

  #setOutlines(outlines: Record<OutlineKind, PixelWindow | null>, slices: readonly PixelWindow[]): void {
    const features = (['scene', 'answer', 'drawn'] as const).flatMap((kind) => {
      const window = outlines[kind];
      return window ? [new Feature({ geometry: fromExtent(windowToExtent(window)), kind })] : [];
    });
    for (const [index, slice] of slices.entries()) {
      features.push(new Feature({ geometry: fromExtent(windowToExtent(slice)), number: index + 1 }));
    }
    this.#regions.clear(true);
    this.#regions.addFeatures(features);
  }
}
