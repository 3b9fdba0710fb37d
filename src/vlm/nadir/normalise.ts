import type { BandTile } from '../../imagery/tiles.ts';
import { NadirError } from '../../lib/errors.ts';
import type { Manifest } from '../manifest/manifest.ts';

/**
 * (v − mean) / std per band; a missing NIR is 0 after it. f32[tile, tile, bands]. Tiles hold red, green, blue and near
 * infrared; a model of three bands reads the first three.
 */
export function normalise({ bands: own, slicing }: Pick<Manifest, 'bands' | 'slicing'>, tile: BandTile): Float32Array {
  const side = slicing.tile;
  const bands = own.length;
  const channels = tile.data.length / (side * side);
  if (tile.width !== side || tile.height !== side || !Number.isInteger(channels) || channels < bands) {
    throw new NadirError(
      'INVALID_ARGUMENT',
      `The model reads tiles of ${side}×${side} pixels with ${bands} bands, and got ${tile.width}×${tile.height} with ${tile.data.length} values.`,
    );
  }
  const out = new Float32Array(side * side * bands);
  for (let b = 0; b < bands; b++) {
    const mean = own[b]!.mean;
    const scale = 1 / own[b]!.std;
    if (b === 3 && !tile.hasNir) continue;
    for (let i = 0; i < side * side; i++) out[i * bands + b] = (tile.data[i * channels + b]! - mean) * scale;
  }
  return out;
}
