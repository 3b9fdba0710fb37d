import type { ReadonlySignal } from '@preact/signals';
import type { Asking } from '../asking/asking.ts';
import type { EarlierImage } from '../compare/earlier-image.ts';
import type { OpenScene } from '../document.ts';
import { splitVectors, type VectorLayers } from '../layers/vectors.ts';
import { notifyError, settle } from '../notices/notices.ts';
import type { SessionState } from '../state.ts';
import { informOfSidecars, sortDropped } from './dropped-files.ts';
import { type ImageSource, nameOf } from './image-source.ts';
import type { OpeningPort, SampleScene } from './port.ts';
import type { Samples } from './samples.ts';
import type { SceneKeeper } from './scene.ts';

interface Parts {
  scenes: SceneKeeper;
  asking: Asking;
  earlierImage: EarlierImage;
  vectors: VectorLayers;
  samples: Samples;
  /** Deletes the stored session. */
  forgetStored(): Promise<void>;
  /** Deletes what is kept of the tiles of layers that are about to be closed. Never rejects. */
  forgetTiles(layerIds: readonly string[]): Promise<void>;
}

/** Opens what the user chose: in place of everything, or above it. */
export class Opening implements OpeningPort {
  readonly samples: ReadonlySignal<SampleScene[]>;
  readonly name: ReadonlySignal<string | null>;
  readonly bytes: ReadonlySignal<number | null>;
  /** Resolves when every sample has been fetched, or could not be: then opening it says so. */
  readonly samplesFetched: Promise<void>;
  private readonly state: SessionState;
  private readonly parts: Parts;
  private replacing: Promise<unknown> = Promise.resolve();

  /** Starts fetching the samples at once. */
  constructor(state: SessionState, parts: Parts) {
    this.state = state;
    this.parts = parts;
    this.samples = state.samples;
    this.name = state.opening;
    this.bytes = state.openingBytes;
    this.samplesFetched = this.fetchSamples();
  }

  openFile(file: File, sidecars: File[] = []): Promise<OpenScene> {
    return this.openSource({ image: file, sidecars });
  }

  openUrl(url: string): Promise<OpenScene> {
    return this.openSource({ image: url.trim(), sidecars: [] });
  }

  openSample(file: string): Promise<OpenScene> {
    const { samples, scenes } = this.parts;
    return this.replaceAll(async () => scenes.open(await samples.open(file), file));
  }

  openFiles(files: File[]): Promise<OpenScene[]> {
    return this.withVectors(files, async (images) => {
      const sources = await sortDropped(images, this.state, this.parts.scenes);
      // The first image that can be opened replaces what is open.
      for (const [index, source] of sources.entries()) {
        const first = await this.orNotice(source, () => this.openSource(source));
        if (first === 'given up') break;
        if (first) return [first, ...(await this.addSources(sources.slice(index + 1)))];
      }
      return [];
    });
  }

  addFiles(files: File[]): Promise<OpenScene[]> {
    return this.withVectors(files, async (images) =>
      this.addSources(await sortDropped(images, this.state, this.parts.scenes)),
    );
  }

  cancel(): void {
    this.parts.scenes.cancelOpening();
  }

  isOpen(file: File): boolean {
    const active = this.state.activeLayer.value;
    return active !== null && this.parts.scenes.sourceOf(active)?.image === file;
  }

  async closeAll(): Promise<void> {
    const { asking, earlierImage, scenes, forgetStored, forgetTiles } = this.parts;
    asking.stopAll();
    const forgotten = forgetTiles(this.state.layers.value.map(({ layerId }) => layerId));
    await earlierImage.close();
    await scenes.close();
    await forgetStored();
    await forgotten;
  }

  /** Resolves when the image that is about to replace all others is open, or could not be opened. */
  async settled(): Promise<void> {
    await this.replacing;
  }

  private async fetchSamples(): Promise<void> {
    const { samples } = this.parts;
    const listed = await samples.list();
    this.state.samples.value = listed;
    await Promise.allSettled(listed.map(({ file }) => samples.open(file)));
  }

  private async openSource(source: ImageSource): Promise<OpenScene> {
    const scene = await this.replaceAll(() => this.parts.scenes.open(source, null));
    informOfSidecars(this.state, scene, source.sidecars);
    return scene;
  }

  private async replaceAll(open: () => Promise<OpenScene>): Promise<OpenScene> {
    const { asking, earlierImage } = this.parts;
    asking.stopAll();
    const replaced = open().then(async (scene) => {
      await earlierImage.close();
      return scene;
    });
    this.replacing = replaced.catch(() => undefined);
    const scene = await replaced;
    settle(this.state, 'open-image');
    return scene;
  }

  /** A running question goes on, because its layer stays. */
  private async addSources(sources: readonly ImageSource[]): Promise<OpenScene[]> {
    const added: OpenScene[] = [];
    for (const source of sources) {
      const scene = await this.orNotice(source, () => this.parts.scenes.add(source, null));
      if (scene === 'given up') break;
      if (!scene) continue;
      added.push(scene);
      settle(this.state, 'open-image');
      informOfSidecars(this.state, scene, source.sidecars);
    }
    return added;
  }

  /** Null after a failure; `given up` when the user cancelled, or replaced everything meanwhile, and wants no other file either. */
  private async orNotice(source: ImageSource, open: () => Promise<OpenScene>): Promise<OpenScene | null | 'given up'> {
    try {
      return await open();
    } catch (thrown) {
      const { code } = notifyError(this.state, thrown, 'open-image', [nameOf(source)]);
      return code === 'ABORTED' ? 'given up' : null;
    }
  }

  private async withVectors(
    files: readonly File[],
    openImages: (images: File[]) => Promise<OpenScene[]>,
  ): Promise<OpenScene[]> {
    const { vectors, others } = splitVectors(files);
    const opened = await openImages(others);
    if (vectors.length > 0) {
      // An image that was dropped just before may still be opening.
      await this.replacing;
      await this.parts.vectors.add(vectors);
    }
    return opened;
  }
}
