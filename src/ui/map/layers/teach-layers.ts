import { effect } from '@preact/signals';
import Feature from 'ol/Feature.js';
import Polygon from 'ol/geom/Polygon.js';
import ImageLayer from 'ol/layer/Image.js';
import VectorLayer from 'ol/layer/Vector.js';
import type Projection from 'ol/proj/Projection.js';
import ImageCanvas from 'ol/source/ImageCanvas.js';
import VectorSource from 'ol/source/Vector.js';
import Fill from 'ol/style/Fill.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import { cornersOf } from '../../../geo/boxes/rotated-box.ts';
import type { Session } from '../../../session/port.ts';
import type { HeatMap } from '../../../session/teaching/port.ts';
import { heatVisible, pointedExample } from '../../teach/marking.ts';
import { toMap, windowToExtent } from '../pixel-space.ts';

const HALO = 'rgba(0, 0, 0, 0.65)';
const ONE = '#4fd1c0';
const NOT_ONE = '#ff9c8f';
/** Scores below it stay clear. */
const LEAST_SHOWN = 0.2;
const MOST_OPAQUE = 170;

/** The examples of the present lesson, and the heat map of the class that was looked for last. */
export class TeachLayers {
  readonly layers: [ImageLayer<ImageCanvas>, VectorLayer];
  readonly #dispose: () => void;

  constructor(session: Pick<Session, 'layers' | 'teaching'>, projection: Projection) {
    const examples = new VectorSource();
    const boxes = new VectorLayer({
      source: examples,
      updateWhileAnimating: true,
      updateWhileInteracting: true,
      style: (feature) => exampleStyle(Boolean(feature.get('isOne')), Boolean(feature.get('isPointed'))),
    });
    let shown: { picture: HTMLCanvasElement; extent: number[] }[] = [];
    const source = new ImageCanvas({
      projection,
      ratio: 1,
      canvasFunction: (extent, resolution, pixelRatio, [width = 1, height = 1]) => {
        const canvas = Object.assign(document.createElement('canvas'), { width, height });
        const context = canvas.getContext('2d')!;
        const scale = pixelRatio / resolution;
        for (const { picture, extent: own } of shown) {
          const [left = 0, bottom = 0, right = 0, top = 0] = own;
          const [x, y] = [(left - extent[0]!) * scale, (extent[3]! - top) * scale];
          context.drawImage(picture, x, y, (right - left) * scale, (top - bottom) * scale);
        }
        return canvas;
      },
    });
    const heatLayer = new ImageLayer({ source, visible: false });
    this.layers = [heatLayer, boxes];
    const stopHeat = effect(() => {
      const heat = session.teaching.heat.value;
      const isHere = heat !== null && heat.layerId === session.layers.active.value?.layerId;
      shown = isHere
        ? heat.tiles.map((tile) => ({ picture: pictureOf(tile.heat), extent: windowToExtent(tile.window) }))
        : [];
      heatLayer.setVisible(isHere && heatVisible.value);
      source.changed();
    });
    const stopExamples = effect(() => {
      const active = session.layers.active.value?.layerId;
      const pointed = pointedExample.value;
      const features = session.teaching.lesson.value.examples
        .filter(({ layerId }) => layerId === active)
        .map(({ id, box, isOne }) => {
          const ring = cornersOf(box).map(([x, y]) => toMap(x, y));
          return new Feature({ geometry: new Polygon([[...ring, ring[0]!]]), isOne, isPointed: id === pointed });
        });
      examples.clear(true);
      examples.addFeatures(features);
    });
    this.#dispose = () => {
      stopHeat();
      stopExamples();
    };
  }

  dispose(): void {
    this.#dispose();
  }
}

function exampleStyle(isOne: boolean, isPointed: boolean): Style[] {
  const color = isOne ? ONE : NOT_ONE;
  const dash = isOne ? {} : { lineDash: [3, 3] };
  const width = isPointed ? 3 : 2;
  return [
    new Style({ stroke: new Stroke({ color: HALO, width: width + 2.5 }) }),
    new Style({
      stroke: new Stroke({ color, width, ...dash }),
      ...(isPointed && { fill: new Fill({ color: `${color}33` }) }),
    }),
  ];
}

/** One pixel a cell, from clear over red to yellow. */
function pictureOf({ rows, cols, scores }: HeatMap['tiles'][number]['heat']): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width: cols, height: rows });
  const context = canvas.getContext('2d')!;
  const pixels = context.createImageData(cols, rows);
  scores.forEach((score, cell) => {
    if (score < LEAST_SHOWN) return;
    pixels.data.set([255, Math.round(220 * score), 40, Math.round(MOST_OPAQUE * score ** 2)], cell * 4);
  });
  context.putImageData(pixels, 0, 0);
  return canvas;
}
