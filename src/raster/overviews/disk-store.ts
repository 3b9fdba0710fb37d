import { NadirError } from '../../lib/errors.ts';
import { recordBytes, type SetPlan } from './set-plan.ts';
import { recordOffset, type TileStore } from './tile-store.ts';

/** The part of FileSystemSyncAccessHandle that we use. */
export interface SyncHandle {
  read(buffer: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(buffer: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/**
 * A set's file: two copies of the header, then the tiles (see set-plan.ts). The copies are written in turn, so that one
 * is intact whenever the page dies. The header is JSON: the plan, the number of finished tile rows of each level, and a
 * counter.
 */
const HEADER_BYTES = 64 * 1024;
const DATA_START = 2 * HEADER_BYTES;

interface Header {
  plan: string;
  rowsDone: number[];
  turn: number;
}

/** Finished rows as the file states them; null if the file is new or was made for another `plan`. */
export function readHeader(handle: SyncHandle, plan: SetPlan): { rowsDone: number[]; turn: number } | null {
  if (handle.getSize() < DATA_START + plan.totalBytes) return null;
  const headers = [0, HEADER_BYTES]
    .map((at) => parseHeader(handle, at))
    .filter((header): header is Header => header !== null && header.plan === JSON.stringify(plan));
  headers.sort((a, b) => b.turn - a.turn);
  return headers[0] ?? null;
}

/** `stored`: the result of `readHeader`. Errors: STORAGE_FULL if the browser's quota is used up. */
export function diskStore(
  handle: SyncHandle,
  plan: SetPlan,
  stored: { rowsDone: number[]; turn: number } | null,
  close: () => void,
): TileStore {
  const rowsDone = stored ? [...stored.rowsDone] : plan.levels.map(() => 0);
  let turn = stored?.turn ?? 0;
  const writeHeader = () => {
    turn++;
    const header = new Uint8Array(HEADER_BYTES);
    header.set(
      new TextEncoder().encode(JSON.stringify({ plan: JSON.stringify(plan), rowsDone, turn } satisfies Header)),
    );
    write(handle, header, (turn % 2) * HEADER_BYTES);
    handle.flush();
  };
  if (!stored) {
    // Allocates everything now, so that a lack of space shows before the work starts.
    try {
      handle.truncate(0);
      handle.truncate(DATA_START + plan.totalBytes);
    } catch (thrown) {
      throw asStorageFull(thrown);
    }
  }
  // Also on re-use: the file's modification time records when it was last used.
  writeHeader();
  return {
    kind: 'disk',
    plan,
    rowsDone,
    writeRow(level, tileRow, records) {
      write(handle, records, DATA_START + recordOffset(plan, level, tileRow, 0, 0));
      handle.flush();
      rowsDone[level] = tileRow + 1;
      writeHeader();
    },
    read(level, tileRow, tileCol, band) {
      const record = new Uint8Array(recordBytes(plan.stored));
      const at = DATA_START + recordOffset(plan, level, tileRow, tileCol, band);
      if (handle.read(record, { at }) < record.byteLength) {
        throw new NadirError('INTERNAL', 'A stored overview is shorter than it should be. Clear the cached overviews.');
      }
      return record;
    },
    close,
  };
}

function parseHeader(handle: SyncHandle, at: number): Header | null {
  const bytes = new Uint8Array(HEADER_BYTES);
  handle.read(bytes, { at });
  const end = bytes.indexOf(0);
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as Header;
    const right = Array.isArray(header.rowsDone) && header.rowsDone.every(Number.isInteger);
    return right && Number.isInteger(header.turn) ? header : null;
  } catch {
    return null;
  }
}

function write(handle: SyncHandle, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  let written = 0;
  try {
    written = handle.write(bytes, { at });
  } catch (thrown) {
    throw asStorageFull(thrown);
  }
  if (written < bytes.byteLength) throw asStorageFull(null);
}

function asStorageFull(cause: unknown): NadirError {
  const why = cause instanceof Error && cause.name !== 'QuotaExceededError' ? ` (${cause.message})` : '';
  return new NadirError(
    'STORAGE_FULL',
    `Overviews can't be kept on this device: the browser grants no more space${why}.`,
    {
      cause,
    },
  );
}
