import type { TaughtHead } from '../../teaching/taught-class.ts';
import type { AskIo, TeachingPort } from '../backend.ts';
import { throwIfStopped } from '../stopping.ts';
import type { LearnRequest, TaughtLook, View } from '../types.ts';
import { detectTaught } from './detect.ts';
import type { FeatureGrid } from './feature-grid.ts';
import { learnHead } from './learn.ts';
import { shownCells } from './shown-cells.ts';

/**
 * Teaching for any model that gives features of a view. Features are remembered by what they were made of, so that a
 * class can be taught again, or another looked for, without a new run of the tower.
 */
export function teachingWith(see: TeachingPort['features']): TeachingPort {
  const known = new FeatureMemory();
  const features = async (view: View, io: AskIo): Promise<FeatureGrid> => {
    const key = fingerprintOf(view.pixels.data);
    const found = known.get(key);
    if (found) return found;
    const grid = await see(view, io);
    known.set(key, grid);
    return grid;
  };
  return {
    features,

    learn: async ({ views }: LearnRequest, io: AskIo): Promise<TaughtHead> => {
      const tiles = [];
      for (const { view, examples } of views) {
        const grid = await features(view, io);
        const shown = shownCells(view.pixels, grid);
        tiles.push({ grid, examples, shows: (cell: number) => shown === null || shown[cell] === 1 });
        io.on({ kind: 'step' });
      }
      await throwIfStopped(io);
      return learnHead(tiles);
    },

    detect: async (view: View, head: TaughtHead, io: AskIo): Promise<TaughtLook> => {
      const grid = await features(view, io);
      await throwIfStopped(io);
      const { rows, cols } = grid;
      const { boxes, heat } = detectTaught(head, grid, shownCells(view.pixels, grid));
      return { boxes, heat: { rows, cols, scores: heat } };
    },
  };
}

/** All grids together; the least recently used go first. */
const MOST_BYTES = 64 << 20;

class FeatureMemory {
  private readonly grids = new Map<string, FeatureGrid>();
  private bytes = 0;

  get(key: string): FeatureGrid | null {
    const found = this.grids.get(key);
    if (!found) return null;
    this.grids.delete(key);
    this.grids.set(key, found);
    return found;
  }

  set(key: string, grid: FeatureGrid): void {
    this.grids.set(key, grid);
    this.bytes += grid.data.byteLength;
    for (const [oldest, { data }] of this.grids) {
      if (this.bytes <= MOST_BYTES) break;
      this.grids.delete(oldest);
      this.bytes -= data.byteLength;
    }
  }
}

/** Two FNV-1a hashes of the numbers' bits: a collision among a session's tiles is out of the question. */
function fingerprintOf(data: Float32Array<ArrayBuffer>): string {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (const word of words) {
    a = Math.imul(a ^ word, 0x01000193);
    b = Math.imul(b ^ (word >>> 15) ^ (word << 17), 0x85ebca6b);
  }
  return `${words.length}:${a >>> 0}:${b >>> 0}`;
}
