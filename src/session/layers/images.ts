import type { PixelWindow } from '../../geo/types.ts';
import type { BandChoice } from '../../imagery/image.ts';
import type { BandHistogram, Stretch } from '../../imagery/stretch.ts';
import type { RawRequest, RawTile } from '../../imagery/tiles.ts';
import { bandsShown } from '../../render/appearance.ts';
import type { Display } from '../../render/display.ts';
import type { SensorId } from '../../render/sensors.ts';
import type { RasterApi } from '../../workers/raster/api.ts';
import type { OpenScene } from '../document.ts';
import type { SceneKeeper } from '../opening/scene.ts';
import type { SessionState } from '../state.ts';
import type { Layers } from './layers.ts';
import type { ImagesPort } from './port.ts';

/** How layers are shown, and their samples. */
export class Images implements ImagesPort {
  private readonly state: SessionState;
  private readonly scenes: SceneKeeper;
  private readonly layers: Layers;
  private readonly raster: () => { api: RasterApi };

  constructor(state: SessionState, scenes: SceneKeeper, raster: () => { api: RasterApi }) {
    this.state = state;
    this.scenes = scenes;
    this.layers = scenes.layers;
    this.raster = raster;
  }

  setBands(bands: BandChoice, layerId?: string): void {
    this.layers.edit(layerId, { bands }, 'set-bands');
  }

  setDisplay(display: Display, layerId?: string): void {
    this.show(layerId, { display }, 'set-display');
  }

  setLook(bands: BandChoice, display: Display): void {
    this.show(undefined, { bands, display }, 'set-look');
  }

  setSensor(sensor: SensorId | null, layerId?: string): void {
    this.layers.edit(layerId, { sensor }, 'set-sensor');
  }

  setStretch(method: Stretch['method'], low: number, high: number, window: PixelWindow | null = null): Promise<void> {
    return this.scenes.setStretch(method, low, high, window);
  }

  adjustStretch(change: Partial<Pick<Stretch, 'ranges' | 'gamma'>>): void {
    const scene = this.state.scene.value;
    if (!scene) return;
    const method = change.ranges ? 'manual' : scene.stretch.method;
    this.layers.edit(undefined, { stretch: { ...scene.stretch, ...change, method } }, 'set-stretch');
  }

  shareStretch(): void {
    this.layers.shareStretch();
  }

  readRaw(layerId: string, request: Omit<RawRequest, 'scene'>, signal: AbortSignal): Promise<RawTile> {
    return this.scenes.readRaw(layerId, request, signal);
  }

  readPixel(col: number, row: number, layerId?: string): Promise<number[] | null> {
    return this.scenes.readPixel(col, row, layerId);
  }

  async histogram(bands: number[], window: PixelWindow | null): Promise<BandHistogram[]> {
    const scene = this.state.scene.value;
    return scene ? this.raster().api.histogram(scene.info.id, bands, window) : [];
  }

  /** A display that can't be drawn leaves the layer as it is. Errors: EXPRESSION_INVALID, BAND_MISSING. */
  private show(layerId: string | undefined, change: Partial<OpenScene>, id: 'set-display' | 'set-look'): void {
    const layer = this.layers.find(layerId);
    if (!layer) return;
    bandsShown({ ...layer, ...change }, layer.info.bands.length);
    this.layers.edit(layerId, change, id);
  }
}
