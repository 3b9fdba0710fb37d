import type { KernelConstants } from '../pipelines.ts';

/**
 * How a matrix product is divided: a workgroup's tile of the result (4 × 4 values per thread) and the step along
 * `inner`.
 */
export interface Tiling {
  readonly tileM: number;
  readonly tileN: number;
  readonly tileK: number;
}

/** 64 threads. */
export const smallTiles: Tiling = { tileM: 32, tileN: 32, tileK: 16 };
/** 256 threads: half the reads from memory, a quarter of the workgroups. */
export const largeTiles: Tiling = { tileM: 64, tileN: 64, tileK: 16 };

/** Workgroups that a real GPU needs in flight before larger tiles can pay off. Unmeasured: see bench/LOG.md. */
const enoughGroups = 256;

/** Large tiles if there are enough of them to fill a GPU, else small ones. */
export function chooseTiling(rows: number, cols: number): Tiling {
  return countTiles(largeTiles, rows, cols) >= enoughGroups ? largeTiles : smallTiles;
}

export function countTiles(tiling: Tiling, rows: number, cols: number): number {
  return Math.ceil(rows / tiling.tileM) * Math.ceil(cols / tiling.tileN);
}

export function tilingConstants(tiling: Tiling): KernelConstants {
  return { TILE_M: tiling.tileM, TILE_N: tiling.tileN, TILE_K: tiling.tileK };
}
