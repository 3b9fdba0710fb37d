import { effect, untracked } from '@preact/signals';
import type { Extent } from 'ol/extent.js';
import LayerGroup from 'ol/layer/Group.js';
import type Projection from 'ol/proj/Projection.js';
import type { Georeference } from '../../../imagery/place.ts';
import type { OpenScene } from '../../../session/document.ts';
import type { Session } from '../../../session/port.ts';
import { windowToExtent } from '../pixel-space.ts';
import { cutLayer } from '../tools/swipe.ts';
import { flickerHidden, swipe } from '../tools/swipe-state.ts';
import { drawingOf } from './drawing.ts';
import { ImageLayer } from './image-layer.ts';
import { ownPlacing, type Placing, placingOf } from './layer-placing.ts';
import { RawTileCache } from './raw-tiles.ts';

/** The images on the map, in sync with the session's layers. All are placed in the active layer's pixel space. */
export class ImageLayers {
  readonly group = new LayerGroup();
  readonly #session: Pick<Session, 'ground' | 'images' | 'layers' | 'notices'>;
  readonly #projection: Projection;
  readonly #cache = new RawTileCache();
  #active: OpenScene;
  #images = new Map<string, ImageLayer>();
  readonly #disposers: (() => void)[];
  /** The layer that the swipe cuts, and how to undo that when another layer is cut. */
  #cut: { layer: unknown; undo: () => void } | null = null;

  constructor(
    session: Pick<Session, 'ground' | 'images' | 'layers' | 'notices'>,
    active: OpenScene,
    projection: Projection,
  ) {
    this.#session = session;
    this.#projection = projection;
    this.#active = active;
    this.#disposers = [
      effect(() => this.#sync(session.layers.all.value)),
      effect(() => {
        const cutId = swipe.value?.layerId ?? null;
        void session.layers.all.value;
        untracked(() => this.#cutTo(cutId));
      }),
      effect(() => {
        const hidden = flickerHidden.value;
        for (const [layerId, image] of this.#images) {
          const scene = session.layers.all.value.find((layer) => layer.layerId === layerId);
          if (scene) image.layer.setVisible(scene.visible && layerId !== hidden);
        }
      }),
    ];
  }

  /** Call when the view changed: aborts reads outside the new view. */
  viewChanged(extent: Extent, cssResolution: number): void {
    for (const image of this.#images.values()) image.source.viewChanged(extent, cssResolution);
  }

  /** Draws the next frame, for the swipe handle. */
  redraw(): void {
    this.group.changed();
  }

  /** Map extent of one layer; null if it isn't on the map. */
  extentOf(layerId: string): Extent | null {
    const scene = this.#session.layers.all.value.find((layer) => layer.layerId === layerId);
    return scene ? windowToExtent(this.#placingOf(scene).extent) : null;
  }

  dispose(): void {
    for (const dispose of this.#disposers) dispose();
    for (const image of this.#images.values()) image.dispose();
  }

  #sync(layers: readonly OpenScene[]): void {
    const active = layers.find((layer) => layer.layerId === this.#active.layerId);
    // Another layer became active; the map is about to be rebuilt around it.
    if (!active) return;
    this.#active = active;
    const images = new Map<string, ImageLayer>();
    for (const scene of layers) {
      const content = this.#contentOf(scene);
      const known = this.#images.get(scene.layerId);
      // The same image in the same place, but with better levels or from a restarted worker.
      if (known && placeOfContent(known.content) === placeOfContent(content)) {
        if (known.content !== content) known.refresh(content);
        this.#update(known, scene);
        images.set(scene.layerId, known);
        continue;
      }
      const context = {
        session: this.#session,
        projection: this.#projection,
        drawing: drawingOf(),
        cache: this.#cache,
        layerCount: layers.length,
      };
      images.set(scene.layerId, new ImageLayer(context, scene, this.#placingOf(scene), content));
    }
    const gone = [...this.#images.values()].filter((image) => images.get(image.layerId) !== image);
    this.#images = images;
    const wanted = [...images.values()].map((image) => image.layer);
    // Below everything else on the map, in order. Removing a layer from the map would lose its textures.
    for (const [index, layer] of wanted.entries()) layer.setZIndex(-1 - index);
    const collection = this.group.getLayers();
    for (const layer of [...collection.getArray()]) {
      if (!wanted.some((each) => each === layer)) collection.remove(layer);
    }
    for (const layer of wanted) if (!collection.getArray().includes(layer)) collection.push(layer);
    for (const image of gone) image.dispose();
  }

  #update(image: ImageLayer, scene: OpenScene): void {
    try {
      image.update(scene);
    } catch (thrown) {
      // The expression can't be drawn; the picture stays as it was.
      this.#session.notices.fail(thrown, 'change-display', [scene.name]);
    }
  }

  #placingOf(scene: OpenScene): Placing {
    if (scene.layerId === this.#active.layerId) return ownPlacing(scene.info);
    const toMap = this.#session.ground.pixelMap(scene.layerId, this.#active.layerId);
    const fromMap = this.#session.ground.pixelMap(this.#active.layerId, scene.layerId);
    return (toMap && fromMap && placingOf(scene.info, toMap, fromMap)) ?? ownPlacing(scene.info);
  }

  #contentOf(scene: OpenScene): string {
    const place = scene.layerId === this.#active.layerId ? '' : placeKey(this.#active) + placeKey(scene);
    return `${scene.info.id}|${scene.info.levels.length}|${PLACE_MARK}${place}`;
  }

  #cutTo(layerId: string | null): void {
    const layer = (layerId !== null && this.#images.get(layerId)?.layer) || null;
    if (this.#cut?.layer === layer) return;
    this.#cut?.undo();
    this.#cut = layer && { layer, undo: cutLayer(layer, () => swipe.peek()?.position ?? 1) };
    this.redraw();
  }
}

const PLACE_MARK = '@';
const placeOfContent = (content: string) => content.slice(content.indexOf(PLACE_MARK));

function placeKey({ info }: OpenScene): string {
  const reference: Georeference = info.georeference;
  return reference.kind === 'affine'
    ? JSON.stringify([reference.geotransform, reference.crs, reference.proj4])
    : 'none';
}
