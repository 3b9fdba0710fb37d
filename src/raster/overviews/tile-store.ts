import { recordBytes, type SetPlan, tileRowBytes } from './set-plan.ts';

/** Storage for the tiles of one set of levels. */
export interface TileStore {
  readonly kind: 'disk' | 'memory';
  readonly plan: SetPlan;
  /** Finished rows of tiles per level. On disk they outlive the page. */
  readonly rowsDone: readonly number[];
  /** Stores one row of tiles (see `tileRowBytes`) and marks it finished. Errors: STORAGE_FULL. */
  writeRow(level: number, tileRow: number, records: Uint8Array<ArrayBuffer>): void;
  /** The record of one tile and band (an index into the plan's bands), in its own buffer. */
  read(level: number, tileRow: number, tileCol: number, band: number): Uint8Array<ArrayBuffer>;
  close(): void;
}

/** Byte offset of a record in the set's data. */
export function recordOffset(plan: SetPlan, level: number, tileRow: number, tileCol: number, band: number): number {
  const planned = plan.levels[level]!;
  const inRow = (tileCol * plan.bands.length + band) * recordBytes(plan.stored);
  return planned.offset + tileRow * tileRowBytes(plan, planned) + inRow;
}

/** For browsers whose private files are missing or full. Lost with the page. */
export function memoryStore(plan: SetPlan): TileStore {
  const data = new Uint8Array(plan.totalBytes);
  const rowsDone = plan.levels.map(() => 0);
  return {
    kind: 'memory',
    plan,
    rowsDone,
    writeRow(level, tileRow, records) {
      data.set(records, recordOffset(plan, level, tileRow, 0, 0));
      rowsDone[level] = tileRow + 1;
    },
    read(level, tileRow, tileCol, band) {
      const from = recordOffset(plan, level, tileRow, tileCol, band);
      return data.slice(from, from + recordBytes(plan.stored));
    },
    close: () => {},
  };
}
