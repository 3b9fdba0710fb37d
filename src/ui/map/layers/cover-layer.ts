import { effect } from '@preact/signals';
import ImageLayer from 'ol/layer/Image.js';
import type Projection from 'ol/proj/Projection.js';
import ImageCanvas from 'ol/source/ImageCanvas.js';
import { coverColours, rgbOf } from '../../../cover/colours.ts';
import { type CoverRaster, classesOf, extentOf, NO_CLASS } from '../../../cover/cover-raster.ts';
import type { Session } from '../../../session/port.ts';
import { windowToExtent } from '../pixel-space.ts';

/** The land cover of the active layer, in its classes' colours. */
export class CoverMapLayer {
  readonly layer: ImageLayer<ImageCanvas>;
  readonly #dispose: () => void;

  constructor(session: Pick<Session, 'cover'>, projection: Projection) {
    let shown: { picture: HTMLCanvasElement; extent: number[] } | null = null;
    const source = new ImageCanvas({
      projection,
      ratio: 1,
      canvasFunction: (extent, resolution, pixelRatio, [width = 1, height = 1]) => {
        const canvas = Object.assign(document.createElement('canvas'), { width, height });
        if (!shown) return canvas;
        const context = canvas.getContext('2d')!;
        const scale = pixelRatio / resolution;
        const [left = 0, bottom = 0, right = 0, top = 0] = shown.extent;
        const { picture } = shown;
        // A cell is a cell, however far it is enlarged; shrunk, it is averaged with its neighbours.
        context.imageSmoothingEnabled = ((right - left) * scale) / picture.width < 1;
        const [x, y] = [(left - extent[0]!) * scale, (extent[3]! - top) * scale];
        context.drawImage(picture, x, y, (right - left) * scale, (top - bottom) * scale);
        return canvas;
      },
    });
    this.layer = new ImageLayer({ source, visible: false });
    let known: { raster: CoverRaster; classes: Uint8Array } | null = null;
    this.#dispose = effect(() => {
      const cover = session.cover.layer.value;
      this.layer.setVisible(cover?.shown.visible ?? false);
      if (!cover?.shown.visible) return;
      this.layer.setOpacity(cover.shown.opacity);
      const { raster } = cover;
      if (known?.raster !== raster) known = { raster, classes: classesOf(raster) };
      shown = {
        picture: pictureOf(raster, known.classes, cover.shown.hidden),
        extent: windowToExtent(extentOf(raster)),
      };
      source.changed();
    });
  }

  dispose(): void {
    this.#dispose();
  }
}

/** One pixel a cell; clear where nothing is known or the class is hidden. */
function pictureOf(
  { rows, cols, labels }: CoverRaster,
  classes: Uint8Array,
  hidden: readonly string[],
): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width: cols, height: rows });
  const context = canvas.getContext('2d')!;
  const picture = context.createImageData(cols, rows);
  const bytes = new Uint8Array(4 * (NO_CLASS + 1));
  coverColours(labels).forEach((hex, k) => {
    if (!hidden.includes(labels[k]!)) bytes.set([...rgbOf(hex), 255], 4 * k);
  });
  // Four bytes at once, in the processor's own order.
  const colours = new Uint32Array(bytes.buffer);
  const pixels = new Uint32Array(picture.data.buffer);
  classes.forEach((k, cell) => {
    pixels[cell] = colours[k]!;
  });
  context.putImageData(picture, 0, 0);
  return canvas;
}
