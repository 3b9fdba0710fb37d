import { batch } from '@preact/signals';
import type { Stretch } from '../../imagery/stretch.ts';
import type { OpenScene } from '../document.ts';
import type { History } from '../history/history.ts';
import type { StepId } from '../history/steps.ts';
import { patchLayer, type SessionState } from '../state.ts';
import type { LayersPort } from './port.ts';

type LayerChange = Parameters<LayersPort['change']>[1];

/** Changes to the list of layers and to how each is shown. All can be undone. */
export class Layers {
  private readonly state: SessionState;
  private readonly history: History;

  constructor(state: SessionState, history: History) {
    this.state = state;
    this.history = history;
  }

  /** The layer given, or the active one; null if there is none. */
  find(layerId: string | undefined): OpenScene | null {
    if (layerId === undefined) return this.state.scene.value;
    return this.state.layers.value.find((layer) => layer.layerId === layerId) ?? null;
  }

  /** Changes of one kind to one layer in quick succession are one step. */
  edit(layerId: string | undefined, change: Partial<OpenScene>, id: StepId): void {
    const layer = this.find(layerId);
    if (!layer) return;
    const before = Object.fromEntries(
      Object.keys(change).map((key) => [key, layer[key as keyof OpenScene]]),
    ) as Partial<OpenScene>;
    this.history.run({
      id,
      target: layer.name,
      apply: () => patchLayer(this.state, layer.layerId, change),
      revert: () => patchLayer(this.state, layer.layerId, before),
      mergeKey: `${layer.layerId} ${Object.keys(change).join()}`,
    });
  }

  change(layerId: string, change: LayerChange): void {
    this.edit(layerId, change, stepIdOf(change));
  }

  /** Not a step to undo: which layer is active changes nothing of the document. */
  activate(layerId: string): void {
    if (this.state.activeLayer.value === layerId || !this.find(layerId)) return;
    batch(() => {
      this.state.activeLayer.value = layerId;
      this.leaveScene();
    });
  }

  move(layerId: string, index: number): void {
    const before = this.state.layers.value;
    const layer = this.find(layerId);
    const from = before.findIndex((each) => each.layerId === layerId);
    const to = Math.max(0, Math.min(before.length - 1, index));
    if (!layer || from === to) return;
    const put = (place: number) => {
      const others = this.state.layers.value.filter((each) => each.layerId !== layerId);
      const now = this.find(layerId);
      if (now) this.state.layers.value = others.toSpliced(place, 0, now);
    };
    this.history.run({ id: 'move-layer', target: layer.name, apply: () => put(to), revert: () => put(from) });
  }

  /** Adds a layer on top and activates it. The first layer is no step to undo. `back` is called when the step is redone. */
  add(layer: OpenScene, back: (layer: OpenScene) => void): void {
    if (this.state.layers.value.length === 0) {
      this.insert(layer, 0);
      return;
    }
    let current = layer;
    this.history.run({
      id: 'add-layer',
      target: layer.name,
      apply: () => {
        this.insert(current, 0);
        if (current !== layer) back(current);
      },
      revert: () => {
        current = this.find(layer.layerId) ?? current;
        this.take(layer.layerId);
      },
    });
  }

  /** `back` is called when the removal is undone, and can open the layer again. */
  remove(layerId: string, back: (layer: OpenScene) => void): void {
    const layer = this.find(layerId);
    if (!layer) return;
    const index = this.state.layers.value.indexOf(layer);
    this.history.run({
      id: 'remove-layer',
      target: layer.name,
      apply: () => this.take(layerId),
      revert: () => {
        this.insert(layer, index);
        back(layer);
      },
    });
  }

  /** Gives all layers with as many bands as the active one the same stretch: the union of their ranges. */
  shareStretch(): void {
    const active = this.state.scene.value;
    if (!active) return;
    const alike = this.state.layers.value.filter((layer) => layer.info.bands.length === active.info.bands.length);
    if (alike.length < 2) return;
    const shared = unionOf(
      active.stretch,
      alike.map((layer) => layer.stretch),
    );
    const before = new Map(alike.map((layer) => [layer.layerId, layer.stretch]));
    const put = (stretchOf: (layerId: string) => Stretch) =>
      batch(() => {
        for (const layerId of before.keys()) patchLayer(this.state, layerId, { stretch: stretchOf(layerId) });
      });
    this.history.run({
      id: 'share-stretch',
      target: String(alike.length),
      apply: () => put(() => shared),
      revert: () => put((layerId) => before.get(layerId) ?? shared),
    });
  }

  /** Clears the region, view and selection, which belong to the layer that was active. */
  leaveScene(): void {
    this.state.view.value = null;
    this.state.region.value = null;
    this.state.pointed.value = null;
    this.state.hovered.value = null;
    this.state.selected.value = null;
  }

  private insert(layer: OpenScene, index: number): void {
    batch(() => {
      this.state.layers.value = this.state.layers.value.toSpliced(index, 0, layer);
      this.state.activeLayer.value = layer.layerId;
      this.leaveScene();
    });
  }

  private take(layerId: string): void {
    batch(() => {
      const index = this.state.layers.value.findIndex((layer) => layer.layerId === layerId);
      const rest = this.state.layers.value.filter((layer) => layer.layerId !== layerId);
      this.state.layers.value = rest;
      if (this.state.activeLayer.value !== layerId) return;
      this.state.activeLayer.value = (rest[index] ?? rest.at(-1))?.layerId ?? null;
      this.leaveScene();
    });
  }
}

function stepIdOf({ name, visible }: LayerChange): StepId {
  if (name !== undefined) return 'rename-layer';
  return visible === undefined ? 'set-opacity' : 'set-visibility';
}

function unionOf(own: Stretch, all: readonly Stretch[]): Stretch {
  const { window: _window, ...rest } = own;
  return {
    ...rest,
    method: 'manual',
    ranges: own.ranges.map((_range, band) => [
      Math.min(...all.map((stretch) => stretch.ranges[band]?.[0] ?? 0)),
      Math.max(...all.map((stretch) => stretch.ranges[band]?.[1] ?? 1)),
    ]),
  };
}
