import { computed, type ReadonlySignal } from '@preact/signals';
import type { PixelWindow, Point } from '../../geo/types.ts';
import { NadirError } from '../../lib/errors.ts';
import type { Shape } from '../../plan/ground/shape.ts';
import { vectorFormats } from '../../vectors/formats.ts';
import { type PlacedFeatures, placeFeatures } from '../../vectors/place.ts';
import type { VectorFormat } from '../../vectors/vector-format.ts';
import type { VectorLayer, VectorOverlay } from '../../vectors/vector-layer.ts';
import type { OpenScene } from '../document.ts';
import type { History } from '../history/history.ts';
import { newId } from '../ids.ts';
import { inform, notifyError } from '../notices/notices.ts';
import type { SessionState } from '../state.ts';
import type { Ground } from './ground.ts';
import type { VectorsPort } from './port.ts';

/** Files of a vector format by their ending, and the others. */
export function splitVectors(files: readonly File[]): { vectors: File[]; others: File[] } {
  return {
    vectors: files.filter((file) => formatOf(file) !== null),
    others: files.filter((file) => formatOf(file) === null),
  };
}

/** Vector layers over the images. They lie on the ground and belong to no image. */
export class VectorLayers implements VectorsPort {
  /** As they lie on the active image; the topmost first. */
  readonly overlays: ReadonlySignal<readonly VectorOverlay[]>;
  private readonly state: SessionState;
  private readonly history: History;
  private readonly ground: Ground;
  /** Features are placed on an image once, as long as the image keeps its place. */
  private readonly laid = new WeakMap<
    VectorLayer['features'],
    { on: OpenScene['info']; placed: PlacedFeatures | null }
  >();

  constructor(state: SessionState, history: History, ground: Ground) {
    this.state = state;
    this.history = history;
    this.ground = ground;
    this.overlays = computed(() => {
      const { vectors, scene } = this.state;
      return vectors.value.map((layer) => ({ layer, placed: scene.value && this.placedOn(layer, scene.value) }));
    });
  }

  /** Adds layers on top. Never rejects: each file that can't be read gets a notice. */
  async add(files: readonly File[]): Promise<void> {
    for (const file of files) {
      const format = formatOf(file);
      if (!format) continue;
      if (!this.state.scene.value) {
        inform(
          this.state,
          'files-left-aside',
          [file.name],
          'A vector layer is drawn over an image: open the image first, or both together.',
        );
        continue;
      }
      try {
        const features = await format.read(file);
        if (features.length === 0) throw new NadirError('VECTOR_INVALID', `${file.name} contains no features.`);
        this.put({ id: newId('v'), name: file.name, format: format.label, visible: true, features });
      } catch (thrown) {
        notifyError(this.state, thrown, 'read-vectors', [file.name]);
      }
    }
  }

  setVisible(id: string, visible: boolean): void {
    const layer = this.find(id);
    if (!layer || layer.visible === visible) return;
    const show = (value: boolean) => {
      this.state.vectors.value = this.state.vectors.value.map((each) =>
        each.id === id ? { ...each, visible: value } : each,
      );
    };
    this.history.run({
      id: visible ? 'show-vectors' : 'hide-vectors',
      target: layer.name,
      apply: () => show(visible),
      revert: () => show(!visible),
    });
  }

  remove(id: string): void {
    const index = this.state.vectors.value.findIndex((layer) => layer.id === id);
    const layer = this.state.vectors.value[index];
    if (!layer) return;
    this.history.run({
      id: 'remove-vectors',
      target: layer.name,
      apply: () => this.take(id),
      revert: () => {
        this.state.vectors.value = this.state.vectors.value.toSpliced(index, 0, layer);
      },
    });
  }

  /** The layers that have polygons on the active image, by their names in plans, with the bounds of all that is in them. */
  places(): Map<string, PixelWindow> {
    return new Map(
      this.overlays.value.flatMap(({ layer, placed }): [string, PixelWindow][] =>
        placed?.extent && polygonsOf(placed).length > 0 ? [[placeName(layer), placed.extent]] : [],
      ),
    );
  }

  /** The polygons of the layers with this name, each as its rings in source pixels of an image. */
  polygonsNamed(name: string, scene: OpenScene): Shape[] {
    const meant = this.state.vectors.value.filter((layer) => placeName(layer) === name);
    return meant.flatMap((layer) => polygonsOf(this.placedOn(layer, scene)));
  }

  private put(layer: VectorLayer): void {
    this.history.run({
      id: 'add-vectors',
      target: layer.name,
      apply: () => {
        this.state.vectors.value = [layer, ...this.state.vectors.value];
      },
      revert: () => this.take(layer.id),
    });
  }

  private take(id: string): void {
    this.state.vectors.value = this.state.vectors.value.filter((layer) => layer.id !== id);
  }

  private find(id: string): VectorLayer | null {
    return this.state.vectors.value.find((layer) => layer.id === id) ?? null;
  }

  private placedOn({ features }: VectorLayer, scene: OpenScene): PlacedFeatures | null {
    const known = this.laid.get(features);
    if (known?.on === scene.info) return known.placed;
    const { width, height, georeference } = scene.info;
    const isInDegrees = georeference.kind === 'affine' && georeference.units === 'degree';
    const placed =
      this.ground.toLonLat(width / 2, height / 2, scene) &&
      placeFeatures(features, {
        toPixel: (lonDeg, latDeg) => this.ground.fromLonLat(lonDeg, latDeg, scene),
        centreLonDeg: isInDegrees ? (this.ground.toCrs(width / 2, height / 2, scene)?.[0] ?? null) : null,
      });
    this.laid.set(features, { on: scene.info, placed });
    return placed;
  }
}

/** A layer's name in a plan: the file's without its ending, in lower case; commas separate places there. */
export const placeName = ({ name }: Pick<VectorLayer, 'name'>): string =>
  name
    .replace(/\.[^.]+$/, '')
    .toLowerCase()
    .replaceAll(/[,:;()\s]+/g, ' ')
    .trim();

const polygonsOf = (placed: PlacedFeatures | null): Shape[] =>
  (placed?.shapes ?? []).flatMap((shape) => (shape.kind === 'polygon' ? [shape.rings.map(open)] : []));

/** Without the last point of a closed ring, which is its first. */
const open = (ring: readonly Point[]) => ring.slice(0, -1);

function formatOf({ name }: File): VectorFormat | null {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return vectorFormats.find(({ extensions }) => extensions.includes(ending)) ?? null;
}
