import { NO_NODATA, type Nodata } from '../read/nodata.ts';
import type { RasterLevel, ReadPurpose } from '../scene.ts';
import { blockBytes } from './block-format.ts';
import type { BlockReader } from './blocks.ts';
import { type Channels, storedSamples, toBands } from './channels.ts';
import type { ImageLayout } from './layout.ts';
import type { SampleArray } from './samples.ts';

export interface LevelParts {
  layout: ImageLayout;
  reader: BlockReader;
  channels: Channels;
  /** Of each stored sample; null if there is none. */
  nodata: readonly Nodata[] | null;
  /** A pixel is invalid if every stored sample equals its value here; null: no such rule. */
  nodataTogether: readonly Nodata[] | null;
  /** The stored sample that is 0 where the image is transparent. */
  alphaSample: number | null;
  /** The image's internal mask, of the same size: 0 = invalid. */
  mask: { layout: ImageLayout; reader: BlockReader } | null;
  fullWidth: number;
  fullHeight: number;
  /** Aborted when the scene is closed. Ends work that nobody waits for, such as building overviews. */
  life: AbortSignal;
}

/**
 * Blocks are read in batches of about this much decoded data, to bound memory and the time until an abort takes effect.
 */
const BATCH_BYTES = 4 * 1024 * 1024;

export function makeTiffLevel(parts: LevelParts): RasterLevel & { setAlpha(sample: number | null): void } {
  const { layout } = parts;
  let alphaSample = parts.alphaSample;
  return {
    width: layout.width,
    height: layout.height,
    factorX: parts.fullWidth / layout.width,
    factorY: parts.fullHeight / layout.height,
    blockCols: Math.min(layout.blockWidth, layout.width),
    blockRows: Math.min(layout.blockHeight, layout.height),
    only: null,
    setAlpha: (sample) => {
      alphaSample = sample;
    },
    async read(x, y, width, height, bands, signal, purpose = 'view') {
      parts.life.throwIfAborted();
      const needed = storedSamples(parts.channels, bands);
      const stored = await readStored(parts, { x, y, width, height }, needed, parts.nodata, signal, purpose);
      const planes = toBands(parts.channels, bands, needed, stored);
      if (parts.nodataTogether) {
        const every = parts.nodataTogether.map((_, sample) => sample);
        const all = await readStored(parts, { x, y, width, height }, every, parts.nodataTogether, signal, purpose);
        maskOut(planes, validAnywhere(all));
      }
      if (alphaSample !== null) {
        const [alpha] = await readStored(parts, { x, y, width, height }, [alphaSample], null, signal, purpose);
        maskOut(planes, alpha!);
      }
      if (parts.mask) {
        const [mask] = await readStored(parts.mask, { x, y, width, height }, [0], null, signal, purpose);
        maskOut(planes, mask!);
      }
      return planes;
    },
    ...(hasSparse(layout)
      ? {
          isSparse: (x, y, width, height, bands) => {
            const samples = storedSamples(parts.channels, bands);
            if (alphaSample !== null) samples.push(alphaSample);
            if (parts.nodataTogether) samples.push(...parts.nodataTogether.keys());
            return isSparseWindow(parts, samples, { x, y, width, height });
          },
        }
      : {}),
  };
}

interface IntWindow {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const hasSparse = ({ blockByteCounts }: ImageLayout): boolean => blockByteCounts.includes(0);

/** Whether the file stores nothing in the window, neither samples nor mask. */
function isSparseWindow(
  { layout, reader, mask }: Pick<LevelParts, 'layout' | 'reader' | 'mask'>,
  samples: readonly number[],
  window: IntWindow,
): boolean {
  if (mask && !isSparseWindow({ ...mask, mask: null }, [0], window)) return false;
  const lastBx = Math.floor((window.x + window.width - 1) / layout.blockWidth);
  const lastBy = Math.floor((window.y + window.height - 1) / layout.blockHeight);
  for (let by = Math.floor(window.y / layout.blockHeight); by <= lastBy; by++) {
    for (let bx = Math.floor(window.x / layout.blockWidth); bx <= lastBx; bx++) {
      for (const sample of layout.planar ? samples : [0]) if (!reader.isSparse({ bx, by, sample })) return false;
    }
  }
  return true;
}

/** Stored samples of a window, one f32 plane each. Nodata and non-finite values become NaN. */
export async function readStored(
  image: { layout: ImageLayout; reader: BlockReader },
  window: IntWindow,
  samples: readonly number[],
  nodata: readonly Nodata[] | null,
  signal: AbortSignal | null,
  purpose: ReadPurpose = 'view',
): Promise<Float32Array<ArrayBuffer>[]> {
  const { layout, reader } = image;
  const planes = samples.map(() => new Float32Array(window.width * window.height));
  const firstBx = Math.floor(window.x / layout.blockWidth);
  const lastBx = Math.floor((window.x + window.width - 1) / layout.blockWidth);
  const firstBy = Math.floor(window.y / layout.blockHeight);
  const lastBy = Math.floor((window.y + window.height - 1) / layout.blockHeight);
  const perCell = layout.planar ? samples.length : 1;
  const rowBytes = blockBytes(layout, layout.blockHeight) * (lastBx - firstBx + 1) * perCell;
  const rowsPerBatch = Math.max(1, Math.floor(BATCH_BYTES / rowBytes));
  for (let from = firstBy; from <= lastBy; from += rowsPerBatch) {
    const cells: { bx: number; by: number }[] = [];
    for (let by = from; by <= Math.min(lastBy, from + rowsPerBatch - 1); by++) {
      for (let bx = firstBx; bx <= lastBx; bx++) cells.push({ bx, by });
    }
    const addresses = cells.flatMap((cell) =>
      layout.planar ? samples.map((sample) => ({ ...cell, sample })) : [{ ...cell, sample: 0 }],
    );
    const blocks = await reader.read(addresses, signal, purpose);
    cells.forEach((cell, i) => {
      samples.forEach((sample, plane) => {
        const block = layout.planar ? blocks[i * perCell + plane]! : blocks[i]!;
        const hidden = nodata?.[sample] ?? NO_NODATA;
        copyBlock(layout, block, cell, layout.planar ? 0 : sample, window, planes[plane]!, hidden);
      });
    });
  }
  return planes;
}

function copyBlock(
  layout: ImageLayout,
  block: SampleArray,
  cell: { bx: number; by: number },
  sample: number,
  window: IntWindow,
  plane: Float32Array,
  { low, high }: Nodata,
): void {
  const stride = layout.planar ? 1 : layout.samplesPerPixel;
  const left = cell.bx * layout.blockWidth;
  const top = cell.by * layout.blockHeight;
  const fromCol = Math.max(left, window.x);
  const toCol = Math.min(left + layout.blockWidth, window.x + window.width);
  const fromRow = Math.max(top, window.y);
  const toRow = Math.min(top + layout.blockHeight, window.y + window.height);
  for (let row = fromRow; row < toRow; row++) {
    let source = ((row - top) * layout.blockWidth + (fromCol - left)) * stride + sample;
    let target = (row - window.y) * window.width + (fromCol - window.x);
    for (let col = fromCol; col < toCol; col++, source += stride, target++) {
      const value = block[source]!;
      const single = Math.fround(value);
      // single − single is 0 only for finite numbers. A double may be too large for a single.
      plane[target] = (value >= low && value <= high) || single - single !== 0 ? Number.NaN : single;
    }
  }
}

/** 1 where any of the planes is valid, else 0. */
function validAnywhere(planes: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(planes[0]?.length ?? 0);
  for (const plane of planes) for (let i = 0; i < out.length; i++) if (!Number.isNaN(plane[i]!)) out[i] = 1;
  return out;
}

/** Makes every band invalid where `mask` is 0 (or itself invalid). */
function maskOut(planes: Float32Array[], mask: Float32Array): void {
  for (let i = 0; i < mask.length; i++) {
    if (mask[i]! > 0) continue;
    for (const plane of planes) plane[i] = Number.NaN;
  }
}
