import type { BandTile } from '../../imagery/tiles.ts';
import { assert, NadirError } from '../../lib/errors.ts';
import type { Manifest } from '../manifest/manifest.ts';

/**
 * The tower's input f32[tile, tile, bands] in the order of the manifest's bands: (v − mean) / std of the tile's band
 * with the same name. An optional band that the tile lacks is 0. Errors: MODEL_BAND_MISSING.
 */
export function normalise({ bands, slicing }: Pick<Manifest, 'bands' | 'slicing'>, tile: BandTile): Float32Array {
  const side = slicing.tile;
  const channels = tile.bands.length;
  assert(
    tile.width === side && tile.height === side && tile.data.length === side * side * channels,
    `the model reads tiles of ${side}×${side} pixels, and got ${tile.width}×${tile.height} with ${tile.data.length} values for ${channels} bands`,
  );
  const out = new Float32Array(side * side * bands.length);
  for (const [b, { name, optional, mean, std }] of bands.entries()) {
    const from = tile.bands.indexOf(name);
    if (from < 0) {
      if (optional) continue;
      throw new NadirError(
        'MODEL_BAND_MISSING',
        `The model reads the band "${name}", and the tile has ${tile.bands.join(', ') || 'none'}. Read the tile with that band.`,
        { details: { band: name } },
      );
    }
    const scale = 1 / std;
    for (let i = 0; i < side * side; i++) out[i * bands.length + b] = (tile.data[i * channels + from]! - mean) * scale;
  }
  return out;
}
