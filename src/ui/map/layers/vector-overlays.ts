import { effect } from '@preact/signals';
import Feature from 'ol/Feature.js';
import type Geometry from 'ol/geom/Geometry.js';
import LineString from 'ol/geom/LineString.js';
import Point from 'ol/geom/Point.js';
import Polygon from 'ol/geom/Polygon.js';
import LayerGroup from 'ol/layer/Group.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import type { Session } from '../../../session/port.ts';
import type { PixelShape, PlacedFeatures } from '../../../vectors/place.ts';
import { toMap } from '../pixel-space.ts';
import { vectorStyles } from './object-style.ts';

/** Vector layers on the active image, drawn between the images and the objects. */
export class VectorOverlays {
  readonly group = new LayerGroup();
  readonly #stop: () => void;
  /** A layer is redrawn only if its place changes. */
  readonly #drawn = new WeakMap<PlacedFeatures, VectorLayer>();

  constructor(session: Pick<Session, 'vectors'>) {
    this.#stop = effect(() => {
      const layers = session.vectors.overlays.value.flatMap(({ layer, placed }) => {
        if (!placed) return [];
        const drawn = this.#layerOf(placed);
        drawn.setVisible(layer.visible);
        return [drawn];
      });
      // The map draws the last layer on top.
      this.#show(layers.toReversed());
    });
  }

  dispose(): void {
    this.#stop();
  }

  /** A layer that is put in again is laid out again, so nothing is touched where nothing changes. */
  #show(layers: readonly VectorLayer[]): void {
    const shown = this.group.getLayers();
    const isSame = shown.getLength() === layers.length && layers.every((layer, at) => shown.item(at) === layer);
    if (isSame) return;
    shown.clear();
    shown.extend([...layers]);
  }

  #layerOf(placed: PlacedFeatures): VectorLayer {
    const known = this.#drawn.get(placed);
    if (known) return known;
    const features = placed.shapes.map((shape) => new Feature(geometryOf(shape)));
    const made = new VectorLayer({ source: new VectorSource({ features }), style: vectorStyles, renderBuffer: 20 });
    this.#drawn.set(placed, made);
    return made;
  }
}

function geometryOf(shape: PixelShape): Geometry {
  const line = (points: readonly (readonly [number, number])[]) => points.map(([x, y]) => toMap(x, y));
  if (shape.kind === 'point') return new Point(toMap(...shape.at));
  return shape.kind === 'line' ? new LineString(line(shape.points)) : new Polygon(shape.rings.map(line));
}
