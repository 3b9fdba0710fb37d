import { applyGeotransform } from '../../geo/ground/affine.ts';
import { gsdOfImage } from '../../geo/ground/gsd.ts';
import type { SceneInfo } from '../../imagery/image.ts';
import type { CrsChoice } from '../../imagery/place.ts';
import { NadirError } from '../../lib/errors.ts';
import type { RasterApi } from '../../workers/raster/api.ts';
import type { History } from '../history/history.ts';
import { patchLayer, type SessionState } from '../state.ts';
import type { Layers } from './layers.ts';
import type { CrsPort } from './port.ts';

/** The CRS that the user chose; null if the image's own is used. */
export function chosenCrsOf(info: SceneInfo): CrsChoice | null {
  const { georeference } = info;
  if (georeference.kind !== 'affine' || !georeference.chosenOver) return null;
  const { crs, crsName, proj4, units, notes } = georeference;
  return { crs, crsName, proj4, units, notes: notes ?? [] };
}

/** The image in the chosen CRS; with null, in its own. Unchanged without a transform, because a CRS alone places nothing. */
export function withCrs(info: SceneInfo, choice: CrsChoice | null): SceneInfo {
  const { georeference } = info;
  if (georeference.kind !== 'affine') return info;
  const { chosenOver, notes = [], ...placed } = georeference;
  const { crs, crsName, proj4, units } = placed;
  const own: CrsChoice = chosenOver ?? { crs, crsName, proj4, units, notes };
  const next = { ...placed, ...(choice ?? own), ...(choice ? { chosenOver: own } : {}) };
  return { ...info, georeference: next, gsdMetres: gsdOfImage(next, info.width, info.height) };
}

/** Chooses a CRS for an image that states none, or the wrong one. */
export class CrsChooser implements CrsPort {
  private readonly state: SessionState;
  private readonly history: History;
  private readonly layers: Layers;
  private readonly raster: () => { api: RasterApi };

  constructor(state: SessionState, history: History, layers: Layers, raster: () => { api: RasterApi }) {
    this.state = state;
    this.history = history;
    this.layers = layers;
    this.raster = raster;
  }

  search(query: string, limit: number): ReturnType<CrsPort['search']> {
    return this.raster().api.searchCrs(query, limit);
  }

  /** The CRS that a typed code or definition means for a layer; null if none. */
  describe(text: string, layerId?: string): Promise<CrsChoice | null> {
    const info = this.layers.find(layerId)?.info;
    const placed = info?.georeference.kind === 'affine' ? info.georeference.geotransform : null;
    const centre = info && placed ? applyGeotransform(placed, info.width / 2, info.height / 2) : null;
    return this.raster().api.describeCrs(text, centre);
  }

  /** Can be undone. `null` restores the image's own. Errors: CRS_UNSUPPORTED. */
  async choose(text: string | null, layerId?: string): Promise<void> {
    const layer = this.layers.find(layerId);
    if (!layer) return;
    if (layer.info.georeference.kind !== 'affine') {
      throw new NadirError(
        'CRS_UNSUPPORTED',
        `${layer.name} has no transform: nothing says where its pixels lie in any CRS. Drop a world file (.tfw, .pgw, .wld), a .tab or an .aux.xml onto the window first.`,
      );
    }
    const choice = text === null ? null : await this.describe(text, layer.layerId);
    if (text !== null && !choice) {
      throw new NadirError(
        'CRS_UNSUPPORTED',
        'This is no coordinate system that Nadir knows. Give an EPSG code such as EPSG:32611, a proj4 definition that begins with +proj=, or WKT.',
      );
    }
    if (choice && choice.proj4 === null && !choice.crs?.startsWith('EPSG:')) {
      throw new NadirError(
        'CRS_UNSUPPORTED',
        choice.notes.join(' ') || 'This coordinate system can’t be computed with.',
      );
    }
    const before = chosenCrsOf(layer.info);
    const put = (next: CrsChoice | null) => {
      // The reader may have restarted meanwhile, so the image's present id is kept.
      const now = this.layers.find(layer.layerId);
      if (now) patchLayer(this.state, now.layerId, { info: withCrs(now.info, next) });
    };
    this.history.run({
      id: 'set-crs',
      target: layer.name,
      apply: () => put(choice),
      revert: () => put(before),
    });
  }
}
