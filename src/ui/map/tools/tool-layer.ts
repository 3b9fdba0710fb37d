import { effect } from '@preact/signals';
import Feature from 'ol/Feature.js';
import LineString from 'ol/geom/LineString.js';
import PointGeometry from 'ol/geom/Point.js';
import Polygon from 'ol/geom/Polygon.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import CircleStyle from 'ol/style/Circle.js';
import Fill from 'ol/style/Fill.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import type { Point } from '../../../geo/types.ts';
import type { Session } from '../../../session/port.ts';
import { mapTool } from '../../ui-state.ts';
import { toMap } from '../pixel-space.ts';
import { clearTools, type LayerValues, measured, pixelReading } from './tool-state.ts';

const halo = new Stroke({ color: 'rgba(0, 0, 0, 0.65)', width: 5 });
const line = new Stroke({ color: '#ffd166', width: 2 });
const fill = new Fill({ color: 'rgba(255, 209, 102, 0.18)' });
const markShownMs = 2500;

/** What the map tools draw, and what their clicks do. */
export class ToolLayer {
  readonly layer: VectorLayer;
  readonly #session: Pick<Session, 'ground' | 'images' | 'layers'>;
  readonly #source = new VectorSource();
  readonly #dispose: () => void;
  #pointer: Point | null = null;
  #marked: Point | null = null;
  #markTimer = 0;
  #reading = 0;

  constructor(session: Pick<Session, 'ground' | 'images' | 'layers'>) {
    this.#session = session;
    this.layer = new VectorLayer({
      source: this.#source,
      updateWhileAnimating: true,
      updateWhileInteracting: true,
      style: [
        new Style({ stroke: halo, image: new CircleStyle({ radius: 5, stroke: halo }) }),
        new Style({ stroke: line, fill, image: new CircleStyle({ radius: 5, stroke: line }) }),
      ],
    });
    this.#dispose = effect(() => {
      // A tool's drawing is removed with the tool.
      const tool = mapTool.value;
      if (tool !== 'values') pixelReading.value = null;
      if (pixelReading.value === null) session.layers.pointed.value = null;
      if (tool === null || tool === 'values') measured.value = null;
      this.#draw();
    });
  }

  /** True if a tool handled the click. */
  click(xPx: number, yPx: number): boolean {
    const tool = mapTool.peek();
    if (tool === null) return false;
    if (tool === 'values') {
      void this.#readValues(xPx, yPx);
      return true;
    }
    const now = measured.peek();
    const goesOn = now?.open === true && now.kind === tool;
    measured.value = { kind: tool, points: goesOn ? [...now.points, [xPx, yPx]] : [[xPx, yPx]], open: true };
    return true;
  }

  /**
   * Ends a measurement; true if a measuring tool is active. The double click that ends it has added its point twice.
   * Two quick clicks in different places also arrive as a double click but must not end it: `tolerancePx`, in image
   * pixels, distinguishes them.
   */
  finish(tolerancePx: number): boolean {
    const now = measured.peek();
    if (mapTool.peek() === null || mapTool.peek() === 'values') return false;
    const [last, previous] = [now?.points.at(-1), now?.points.at(-2)];
    const twice = last && previous && Math.hypot(last[0] - previous[0], last[1] - previous[1]) <= tolerancePx;
    if (now?.open && twice) measured.value = { ...now, points: withoutRepeats(now.points), open: false };
    return true;
  }

  /** Previews the next point here. */
  pointTo(xPx: number, yPx: number): void {
    this.#pointer = [xPx, yPx];
    if (measured.peek()?.open) this.#draw();
  }

  /** Marks a place for a moment. */
  mark(xPx: number, yPx: number): void {
    this.#marked = [xPx, yPx];
    this.#draw();
    clearTimeout(this.#markTimer);
    this.#markTimer = setTimeout(() => {
      this.#marked = null;
      this.#draw();
    }, markShownMs);
  }

  dispose(): void {
    clearTimeout(this.#markTimer);
    this.#dispose();
    clearTools();
  }

  async #readValues(xPx: number, yPx: number): Promise<void> {
    this.#reading += 1;
    const turn = this.#reading;
    pixelReading.value = { xPx, yPx, layers: null };
    this.#session.layers.pointed.value = [xPx, yPx];
    const layers = await valuesAt(this.#session, xPx, yPx);
    if (turn === this.#reading && pixelReading.peek()) pixelReading.value = { xPx, yPx, layers };
  }

  #draw(): void {
    const features: Feature[] = [];
    const found = pixelReading.value;
    const line = measured.value;
    if (found) features.push(new Feature(new PointGeometry(toMap(found.xPx, found.yPx))));
    if (this.#marked) features.push(new Feature(new PointGeometry(toMap(...this.#marked))));
    if (line) {
      const points = line.open && this.#pointer ? [...line.points, this.#pointer] : line.points;
      const path = points.map(([x, y]) => toMap(x, y));
      features.push(new Feature(line.kind === 'area' && path.length > 2 ? new Polygon([path]) : new LineString(path)));
      for (const point of line.points) features.push(new Feature(new PointGeometry(toMap(...point))));
    }
    this.#source.clear(true);
    this.#source.addFeatures(features);
  }
}

/** All bands of every visible layer at a pixel of the active one, topmost first. */
async function valuesAt(
  session: Pick<Session, 'ground' | 'images' | 'layers'>,
  xPx: number,
  yPx: number,
): Promise<LayerValues[]> {
  const active = session.layers.active.value;
  if (!active) return [];
  const shown = session.layers.all.value.filter((layer) => layer.visible || layer === active);
  return Promise.all(
    shown.map(async (layer) => {
      const map = layer === active ? null : session.ground.pixelMap(active.layerId, layer.layerId);
      const [x, y] = map ? map(xPx, yPx) : [xPx, yPx];
      const [colPx, rowPx] = [Math.floor(x), Math.floor(y)];
      const inside = colPx >= 0 && rowPx >= 0 && colPx < layer.info.width && rowPx < layer.info.height;
      const values = inside ? await session.images.readPixel(colPx, rowPx, layer.layerId).catch(() => null) : null;
      const { bands } = layer.info;
      return { layerId: layer.layerId, name: layer.name, colPx, rowPx, bands, values };
    }),
  );
}

function withoutRepeats(points: readonly Point[]): Point[] {
  return points.filter((point, i) => {
    const before = points[i - 1];
    return !before || Math.hypot(point[0] - before[0], point[1] - before[1]) > 1e-9;
  });
}
