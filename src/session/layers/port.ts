import type { ReadonlySignal, Signal } from '@preact/signals';
import type { PixelMap } from '../../geo/ground/placement.ts';
import type { PixelWindow, Point } from '../../geo/types.ts';
import type { BandChoice } from '../../imagery/image.ts';
import type { OverviewCacheUse, OverviewStatus } from '../../imagery/overviews.ts';
import type { CrsChoice, CrsHit } from '../../imagery/place.ts';
import type { BandHistogram, Stretch } from '../../imagery/stretch.ts';
import type { RawRequest, RawTile } from '../../imagery/tiles.ts';
import type { Display } from '../../render/display.ts';
import type { SensorId } from '../../render/sensors.ts';
import type { VectorOverlay } from '../../vectors/vector-layer.ts';
import type { OpenScene } from '../document.ts';

/** The open images as a stack, and which part of the active one is seen and asked about. Changes of the stack can be undone. */
export interface LayersPort {
  /** The topmost first. */
  readonly all: ReadonlySignal<OpenScene[]>;
  /** The layer that questions, the region and the status line are about. */
  readonly active: ReadonlySignal<OpenScene | null>;
  /** What the map shows of the active layer; written by the map. */
  readonly view: Signal<PixelWindow | null>;
  /** Drawn on the active layer; written by the map and the conversation. */
  readonly region: Signal<PixelWindow | null>;
  /** The place read last with the map's values tool, on the active layer; written by the map. */
  readonly pointed: Signal<Point | null>;
  /** Not a step to undo. */
  activate(layerId: string): void;
  /** To place `index` in `all`, 0 = on top. */
  move(layerId: string, index: number): void;
  change(layerId: string, change: Partial<Pick<OpenScene, 'name' | 'visible' | 'opacity'>>): void;
  /** Stops the question that is being answered about it. */
  remove(layerId: string): void;
}

/** How layers are shown, and their samples. Changes can be undone; without a layer's id they are of the active layer. */
export interface ImagesPort {
  setBands(bands: BandChoice, layerId?: string): void;
  /** Errors: EXPRESSION_INVALID, BAND_MISSING; the layer then stays as it is. */
  setDisplay(display: Display, layerId?: string): void;
  /** Bands and display in one step. Errors: as `setDisplay`. */
  setLook(bands: BandChoice, display: Display): void;
  /** Which sensor's presets the layer gets; null: those of the sensor that the file names. */
  setSensor(sensor: SensorId | null, layerId?: string): void;
  /** Computes the stretch anew, of the whole scene or `window`; keeps the gamma. Errors: those of reading. */
  setStretch(method: Stretch['method'], low: number, high: number, window?: PixelWindow | null): Promise<void>;
  /** Ranges or gamma by hand; the map follows at once. */
  adjustStretch(change: Partial<Pick<Stretch, 'ranges' | 'gamma'>>): void;
  /** Gives every layer of as many bands the same ranges: from the darkest black to the brightest white of them all. */
  shareStretch(): void;
  /** Unstretched samples, for a shader. Errors: those of reading; ABORTED when the layer is gone. */
  readRaw(layerId: string, request: Omit<RawRequest, 'scene'>, signal: AbortSignal): Promise<RawTile>;
  /** Null outside the image, and when no image is open. */
  readPixel(col: number, row: number, layerId?: string): Promise<number[] | null>;
  /** Histograms of bands of the active layer, of the whole scene or `window`. Errors: those of reading. */
  histogram(bands: number[], window: PixelWindow | null): Promise<BandHistogram[]>;
}

/** Pixels of the active layer to the ground and back. All return null without georeferencing or outside the projection. */
export interface GroundPort {
  /** Source pixel → lon/lat in degrees (WGS 84). */
  toLonLat(col: number, row: number): Point | null;
  /** Source pixel → CRS coordinates. */
  toCrs(col: number, row: number): Point | null;
  /** The pixel may lie outside the scene. */
  fromLonLat(lonDeg: number, latDeg: number): Point | null;
  fromCrs(x: number, y: number): Point | null;
  /** Pixels of one layer → pixels of another. */
  pixelMap(fromLayerId: string, toLayerId: string): PixelMap | null;
}

/** The coordinate system of a layer, by default the active one. */
export interface CrsPort {
  /** CRS by EPSG code or words of its name; see RasterApi. */
  search(query: string, limit: number): Promise<{ found: CrsHit[]; total: number }>;
  /** The CRS that "EPSG:n", a proj4 definition or WKT means for the layer; null if none. */
  describe(text: string, layerId?: string): Promise<CrsChoice | null>;
  /** Gives the layer a CRS in place of its own; null goes back to its own. Can be undone. Errors: CRS_UNSUPPORTED. */
  choose(text: string | null, layerId?: string): Promise<void>;
}

/** Vector layers over the images. Changes can be undone. */
export interface VectorsPort {
  /** The topmost first, as they lie on the active image. */
  readonly overlays: ReadonlySignal<readonly VectorOverlay[]>;
  setVisible(id: string, visible: boolean): void;
  remove(id: string): void;
}

/** Overviews that are built for files without them. */
export interface OverviewsPort {
  /** By scene id (`info.id`). */
  readonly byScene: ReadonlySignal<ReadonlyMap<string, OverviewStatus>>;
  /** Stops building, default the active layer's; what is finished stays. */
  stop(layerId?: string): Promise<void>;
  /** Builds them, or continues after `stop` or a failure. */
  build(layerId?: string): Promise<void>;
  /** The space that the overviews of all images take on this device. */
  cacheUse(): Promise<OverviewCacheUse>;
  /** Removes those of images that aren't open; returns the bytes freed. */
  clearCache(): Promise<number>;
}
