import type { ReadonlySignal } from '@preact/signals';
import type { KeptUse } from '../evidence/kept/kept-tiles.ts';

/** A session whose tab is gone. */
export interface EarlierSession {
  id: string;
  savedAtMs: number;
  /** Of its layers, the topmost first. */
  names: string[];
  answers: number;
  /** What its files take in the browser's storage. */
  bytes: number;
}

/** Sessions of closed tabs. */
export interface KeepingPort {
  /** The latest first. They are kept for a while; see place.ts. */
  readonly earlier: ReadonlySignal<readonly EarlierSession[]>;
  /** Continues an earlier session. Errors: SESSION_IN_USE while an image is open, or another tab has that session. */
  openEarlier(id: string): Promise<void>;
  /** Deletes an earlier session with its files. */
  deleteEarlier(id: string): Promise<void>;
  /** The space that the evidence of tiles takes, of all images and tabs. */
  tilesUse(): Promise<KeptUse>;
  /** Deletes that of all images; later questions look again. */
  clearTiles(): Promise<void>;
}
