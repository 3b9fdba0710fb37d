import TileLayer from 'ol/layer/Tile.js';
import WebGLTileLayer, { type Style } from 'ol/layer/WebGLTile.js';
import type Projection from 'ol/proj/Projection.js';
import type TileTexture from 'ol/webgl/TileTexture.js';
import type { RawTile } from '../../../imagery/tiles.ts';
import { type Appearance, bandsShown, tilesHoldBytes } from '../../../render/appearance.ts';
import { paint } from '../../../render/paint.ts';
import { shaderStyle, styleKey, variablesOf } from '../../../render/shader-style.ts';
import type { OpenScene } from '../../../session/document.ts';
import type { Session } from '../../../session/port.ts';
import { tileSizePx } from '../pixel-space.ts';
import type { Drawing } from './drawing.ts';
import type { Placing } from './layer-placing.ts';
import { type RawTileCache, tileBands } from './raw-tiles.ts';
import { SceneSource } from './scene-source.ts';

/** Memory for the textures of all layers. The map keeps the most recently used ones. */
const TEXTURE_BYTES = 160 * 2 ** 20;
const MIN_TILES = 48;
const MAX_TILES = 512;

export interface ImageLayerContext {
  session: Pick<Session, 'images' | 'notices'>;
  projection: Projection;
  drawing: Drawing;
  cache: RawTileCache;
  /** Number of layers that share the memory for textures. */
  layerCount: number;
}

/**
 * One image on the map. A change of appearance only needs new uniforms or a new shader; tiles are read again only if
 * bands are missing.
 */
export class ImageLayer {
  readonly layerId: string;
  readonly #context: ImageLayerContext;
  readonly #placing: Placing;
  #content: string;
  #scene: OpenScene;
  #bands: number[] = [];
  #styleKey = '';
  #layer: WebGLTileLayer | TileLayer<SceneSource>;
  #source: SceneSource;

  /** `content` identifies the state of the pixels. */
  constructor(context: ImageLayerContext, scene: OpenScene, placing: Placing, content: string) {
    this.layerId = scene.layerId;
    this.#context = context;
    this.#placing = placing;
    this.#content = content;
    this.#scene = scene;
    this.#bands = tileBands(scene.info.bands.length, this.#needed(scene), []);
    [this.#layer, this.#source] = this.#create();
    this.#applyState();
  }

  /** The layer to put on the map. `update` may replace it. */
  get layer(): WebGLTileLayer | TileLayer<SceneSource> {
    return this.#layer;
  }

  get content(): string {
    return this.#content;
  }

  get source(): SceneSource {
    return this.#source;
  }

  /** Applies the image's new appearance, opacity or visibility. Errors: EXPRESSION_INVALID. */
  update(scene: OpenScene): void {
    const before = this.#scene;
    this.#scene = scene;
    const bands = tileBands(scene.info.bands.length, this.#needed(scene), this.#bands);
    const isRead = bands.join() !== this.#bands.join();
    if (isRead) {
      this.#bands = bands;
      const old = this.#layer;
      [this.#layer, this.#source] = this.#create();
      this.#applyState();
      // After it has been removed from the map.
      queueMicrotask(() => old.dispose());
      return;
    }
    if (!sameAppearance(before, scene)) this.#restyle();
    this.#applyState();
  }

  /** Reads the pixels again, in better quality. The old ones stay on screen meanwhile. */
  refresh(content: string): void {
    this.#content = content;
    this.#source.setContent(content);
    this.#source.refreshAs(this.#appearanceKey());
  }

  dispose(): void {
    this.#layer.dispose();
  }

  #needed(scene: OpenScene): number[] {
    return bandsShown(scene, scene.info.bands.length);
  }

  #applyState(): void {
    this.#layer.setVisible(this.#scene.visible);
    this.#layer.setOpacity(this.#scene.opacity);
  }

  #create(): [WebGLTileLayer | TileLayer<SceneSource>, SceneSource] {
    const { session, projection, drawing, cache, layerCount } = this.#context;
    const source = new SceneSource(session, {
      layerId: this.layerId,
      content: this.#content,
      placing: this.#placing,
      bands: this.#bands,
      projection,
      paint: drawing.by === 'cpu' ? (tile) => this.#paint(tile) : null,
      cache,
      key: this.#appearanceKey(),
    });
    if (drawing.by === 'cpu') return [new TileLayer({ source, cacheSize: 256 }), source];
    const bytes = tileSizePx * tileSizePx * (this.#bands.length + 1) * (this.#isByte ? 1 : 4);
    const cacheSize = Math.min(MAX_TILES, Math.max(MIN_TILES, Math.floor(TEXTURE_BYTES / layerCount / bytes)));
    const layer = new WebGLTileLayer({ source, cacheSize, style: this.#style() });
    this.#styleKey = styleKey(this.#scene, this.#layout);
    sampleBySource(layer, source, this.#isByte || drawing.smoothsFloats);
    return [layer, source];
  }

  #restyle(): void {
    if (!(this.#layer instanceof WebGLTileLayer)) {
      this.#source.refreshAs(this.#appearanceKey());
      return;
    }
    const key = styleKey(this.#scene, this.#layout);
    if (key === this.#styleKey) {
      this.#layer.updateStyleVariables(variablesOf(this.#scene));
      return;
    }
    this.#styleKey = key;
    this.#layer.setStyle(this.#style());
  }

  #style(): Style {
    return shaderStyle(this.#scene, this.#layout, this.#scene.info.bands.length) as unknown as Style;
  }

  async #paint(tile: RawTile): Promise<ImageBitmap> {
    const colours = paint(tile, this.#scene, this.#scene.info.bands.length);
    return createImageBitmap(new ImageData(colours, tile.width, tile.height));
  }

  get #layout() {
    return { bands: this.#bands, isByte: this.#isByte };
  }

  get #isByte(): boolean {
    return tilesHoldBytes(this.#scene.info);
  }

  /** Everything that affects how a painted tile looks. A shader changes without new tiles. */
  #appearanceKey(): string {
    if (this.#context.drawing.by === 'gpu') return this.#content;
    const { bands, stretch, display } = this.#scene;
    return JSON.stringify([this.#content, bands, stretch.ranges, stretch.gamma ?? 1, display]);
  }
}

function sameAppearance(a: Appearance, b: Appearance): boolean {
  return a.bands === b.bands && a.stretch === b.stretch && a.display === b.display;
}

/**
 * Sets in every frame whether pixels are smoothed (when shrunk) or stay square (when enlarged). The map library fixes a
 * tile's filter at upload; ol 10.11 has no option for it, see `bindAndConfigure` in its webgl/TileTexture.js.
 */
function sampleBySource(layer: WebGLTileLayer, source: SceneSource, canSmooth: boolean): void {
  const createRenderer = layer.createRenderer.bind(layer);
  layer.createRenderer = () => {
    const renderer = createRenderer();
    const open = renderer as unknown as { renderTile(tile: TileTexture, ...rest: unknown[]): void };
    const renderTile = open.renderTile.bind(renderer);
    open.renderTile = (tile, ...rest) => {
      const gl = (tile as unknown as { helper: { getGL(): WebGLRenderingContext } }).helper.getGL();
      const filter = canSmooth && source.getInterpolate() ? gl.LINEAR : gl.NEAREST;
      for (const texture of tile.textures) {
        gl.bindTexture(gl.TEXTURE_2D, texture);
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
      }
      renderTile(tile, ...rest);
    };
    return renderer;
  };
}
