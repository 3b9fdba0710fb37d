import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Decode } from './images/make-image.ts';
import { readLabels, spread } from './label-files.ts';
import type { VegetationShares } from './sets/trees.ts';

/** Pixels with at least this NDVI count as vegetation. */
export const NDVI_FROM = 0.2;

/** Share of vegetated pixels of each tile with a near-infrared band. A derived truth: nobody drew it. */
export async function vegetationShares(
  dataDir: string,
  limit: number | null,
  decode: Decode,
): Promise<VegetationShares> {
  const shares = new Map<string, number>();
  for (const { file } of spread(readLabels(dataDir, 'naip_trees') ?? [], limit)) {
    const nirPath = join(dataDir, 'naip_trees', file.replace('images/', 'nir/'));
    if (!existsSync(nirPath)) continue;
    const rgb = await decode(readFileSync(join(dataDir, 'naip_trees', file)));
    const nir = await decode(readFileSync(nirPath));
    shares.set(file, vegetatedShare(rgb.data, nir.data));
  }
  return shares;
}

/** Both interleaved RGB; near infrared is the first band of `nir`. NDVI = (NIR − red) / (NIR + red), 0 where both are 0. */
export function vegetatedShare(rgb: Uint8Array, nir: Uint8Array): number {
  let vegetated = 0;
  for (let i = 0; i < rgb.length; i += 3) {
    const sum = nir[i]! + rgb[i]!;
    if (sum > 0 && (nir[i]! - rgb[i]!) / sum >= NDVI_FROM) vegetated += 1;
  }
  return (vegetated * 3) / rgb.length;
}
