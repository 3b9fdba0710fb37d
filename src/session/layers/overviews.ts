import { effect, signal } from '@preact/signals';
import type { OverviewCacheUse, OverviewStatus } from '../../imagery/overviews.ts';
import type { RasterApi } from '../../workers/raster/api.ts';
import type { OpenScene } from '../document.ts';
import type { WorkerHost } from '../model/worker-host.ts';
import { patchLayer, type SessionState } from '../state.ts';
import type { OverviewsPort } from './port.ts';

/** Follows the overviews that the raster worker builds for the open layers. */
export class OverviewWatcher implements OverviewsPort {
  /** By scene id, which changes when the worker restarts. */
  readonly byScene = signal<ReadonlyMap<string, OverviewStatus>>(new Map());
  private readonly state: SessionState;
  private readonly raster: () => WorkerHost<RasterApi>;
  private readonly watched = new Set<string>();

  constructor(state: SessionState, raster: () => WorkerHost<RasterApi>) {
    this.state = state;
    this.raster = raster;
    effect(() => {
      const layers = state.layers.value;
      // Outside the effect, because watching writes signals that the effect reads.
      queueMicrotask(() => this.follow(layers));
    });
  }

  async stop(layerId?: string): Promise<void> {
    const layer = this.layer(layerId);
    if (layer) await this.raster().api.stopOverviews(layer.info.id);
  }

  /** Builds, or continues after `stop` or a failure. */
  async build(layerId?: string): Promise<void> {
    const layer = this.layer(layerId);
    if (layer) await this.raster().api.buildOverviews(layer.info.id);
  }

  cacheUse(): Promise<OverviewCacheUse> {
    return this.raster().api.overviewCache();
  }

  clearCache(): Promise<number> {
    return this.raster().api.clearOverviewCache();
  }

  private layer(layerId: string | undefined): OpenScene | null {
    return this.state.layers.value.find((layer) => layer.layerId === (layerId ?? this.state.activeLayer.value)) ?? null;
  }

  private follow(layers: readonly OpenScene[]): void {
    const open = new Set(layers.map(({ info }) => info.id));
    for (const id of [...this.watched]) if (!open.has(id)) this.forget(id);
    for (const id of open) {
      if (this.watched.has(id)) continue;
      this.watched.add(id);
      this.raster()
        .api.overviews(id, (status) => this.take(id, status))
        // The worker crashed; the layer gets another id.
        .catch(() => this.forget(id));
    }
  }

  private take(id: string, status: OverviewStatus): void {
    if (!this.watched.has(id)) return;
    this.byScene.value = new Map(this.byScene.value).set(id, status);
    const layer = this.state.layers.value.find(({ info }) => info.id === id);
    // The map reads its tiles again when there are more levels.
    if (layer && status.levels.length > layer.info.levels.length) {
      patchLayer(this.state, layer.layerId, { info: { ...layer.info, levels: status.levels } });
    }
  }

  private forget(id: string): void {
    this.watched.delete(id);
    const rest = new Map(this.byScene.value);
    if (rest.delete(id)) this.byScene.value = rest;
  }
}
