import { type CoverGrid, cellOf } from '../../../src/cover/cover-raster.ts';

/** How an image's map compares with what is known of its pixels. */
export interface CoverTally {
  /** Pixels by [true class][mapped class]; the last column is of those without a class. Only pixels whose class is known. */
  table: number[][];
  /** Pixels given a class that they may be, of those of which something is known. */
  may: number;
  known: number;
}

/**
 * `allowed`: u8[height, width], bit k for class k, all bits where nothing is known. `classes`: u8[rows, cols] of the map, `bits` of whose
 * indices are classes of the truth.
 */
export function coverTally(
  { allowed, width, height, classCount }: { allowed: Uint8Array; width: number; height: number; classCount: number },
  map: { grid: CoverGrid; classes: Uint8Array; bits: readonly number[] } | null,
): CoverTally {
  const table = Array.from({ length: classCount }, () => new Array<number>(classCount + 1).fill(0));
  const any = (1 << classCount) - 1;
  let [may, known] = [0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bits = allowed[y * width + x]! & any;
      if (bits === any || bits === 0) continue;
      known += 1;
      const said = map === null ? null : saidAt(map, x, y);
      if (said !== null && (bits >> said) & 1) may += 1;
      if ((bits & (bits - 1)) === 0) table[31 - Math.clz32(bits)]![said ?? classCount]! += 1;
    }
  }
  return { table, may, known };
}

function saidAt(
  { grid, classes, bits }: { grid: CoverGrid; classes: Uint8Array; bits: readonly number[] },
  x: number,
  y: number,
): number | null {
  const cell = cellOf(grid, [x + 0.5, y + 0.5]);
  return cell === null ? null : (bits[classes[cell]!] ?? null);
}

/** IoU of each class that is there, in the order of classes; null for one that isn't. */
export function coverIou(tallies: readonly CoverTally[]): (number | null)[] {
  const [first] = tallies;
  if (!first) return [];
  const sum = first.table.map((row, i) => row.map((_, j) => tallies.reduce((n, { table }) => n + table[i]![j]!, 0)));
  return sum.map((row, k) => {
    const there = row.reduce((a, b) => a + b, 0);
    const said = sum.reduce((n, other) => n + other[k]!, 0);
    return there === 0 ? null : row[k]! / (there + said - row[k]!);
  });
}
