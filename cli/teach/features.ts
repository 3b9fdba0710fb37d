import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PixelWindow } from '../../src/geo/types.ts';
import type { FeatureGrid } from '../../src/vlm/teaching/feature-grid.ts';
import { openNodeModel } from '../../src/vlm/testing/node-model.ts';
import { silentIo } from '../../src/vlm/testing/silent-io.ts';
import type { View } from '../../src/vlm/types.ts';

/** `model`: the app's; `pixels`: 2 × 2 px means of the colours; `imagenet`: EfficientNet-Lite0, strides 8 and 16 (training/teach/windows.py). */
export const featureKinds = ['model', 'pixels', 'imagenet'] as const;
export type FeatureKind = (typeof featureKinds)[number];

const TILE = 256;
const GRID = 32;

export interface Tile {
  file: string;
  window: PixelWindow;
}

/** Features of tiles, computed once and kept in a folder. */
export class Features {
  private readonly folder: string;
  private readonly python: string;

  constructor(cache: string, python: string) {
    this.folder = join(cache, 'teach');
    this.python = python;
    mkdirSync(this.folder, { recursive: true });
  }

  /** Computes what is missing. */
  async prepare(tiles: readonly Tile[], kinds: readonly FeatureKind[]): Promise<void> {
    const imagenet = kinds.includes('imagenet');
    const missing = tiles.filter(
      (tile) => !existsSync(this.path(tile, imagenet ? 'imagenet' : 'rgb')) || !existsSync(this.path(tile, 'rgb')),
    );
    if (missing.length > 0) this.cutOut(missing, imagenet);
    const unseen = kinds.includes('model') ? tiles.filter((tile) => !existsSync(this.path(tile, 'model'))) : [];
    if (unseen.length === 0) return;
    const model = await openNodeModel();
    for (const [done, tile] of unseen.entries()) {
      const { features } = model.teaching!;
      const { data } = await features(this.view(tile), silentIo);
      writeFileSync(this.path(tile, 'model'), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      if (done % 20 === 19) process.stderr.write(`${done + 1} of ${unseen.length} tiles seen\n`);
    }
    await model.dispose();
  }

  grid(tile: Tile, kind: FeatureKind): FeatureGrid {
    const data = kind === 'pixels' ? this.pixelMeans(tile) : floatsIn(this.path(tile, kind));
    return { rows: GRID, cols: GRID, stridePx: TILE / GRID, channels: data.length / GRID ** 2, data };
  }

  private view({ file, window }: Tile): View {
    const rgb = readFileSync(this.path({ file, window }, 'rgb'));
    const data = Float32Array.from(rgb, (value) => value / 255);
    const bands = ['red', 'green', 'blue'];
    const pixels = { width: TILE, height: TILE, bands, validFraction: 1, valid: null, data };
    return { role: 'slice', window, pixels, gsdMetres: null };
  }

  /** f32[GRID, GRID, 48]. */
  private pixelMeans(tile: Tile): Float32Array {
    const rgb = readFileSync(this.path(tile, 'rgb'));
    const data = new Float32Array(GRID * GRID * 48);
    for (let y = 0; y < TILE; y++) {
      for (let x = 0; x < TILE; x++) {
        const cell = (y >> 3) * GRID + (x >> 3);
        const part = ((y >> 1) & 3) * 4 + ((x >> 1) & 3);
        for (let band = 0; band < 3; band++)
          data[cell * 48 + part * 3 + band]! += rgb[(y * TILE + x) * 3 + band]! / 1020;
      }
    }
    return data;
  }

  private cutOut(tiles: readonly Tile[], imagenet: boolean): void {
    const requests = tiles.map(({ file, window }) =>
      JSON.stringify({ key: keyOf({ file, window }), file, window: [window.x, window.y, window.width] }),
    );
    const args = ['-m', 'training.teach.windows', this.folder, ...(imagenet ? ['--imagenet'] : [])];
    const { status, stderr } = spawnSync(this.python, args, { input: requests.join('\n'), encoding: 'utf8' });
    if (status !== 0) throw new Error(`${this.python} ${args.join(' ')} failed:\n${stderr}`);
  }

  private path(tile: Tile, ending: string): string {
    return join(this.folder, `${keyOf(tile)}.${ending}`);
  }
}

function keyOf({ file, window: { x, y, width } }: Tile): string {
  return createHash('sha256')
    .update(JSON.stringify([file, x, y, width]))
    .digest('hex')
    .slice(0, 20);
}

function floatsIn(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4).slice();
}
