import type { PixelWindow } from '../../geo/types.ts';
import type { Condition } from '../../plan/terms/filter.ts';
import type { Order } from '../../plan/terms/order.ts';
import type { Preset } from '../../render/presets.ts';
import type { ExportedFile } from '../exporting/port.ts';

/** What a typed command asks for, as data. Nouns are the user's own words, in lower case; null: things of every class. */
export type Command =
  /** Decides about every undecided object of the noun that keeps the limit. */
  | { kind: 'review'; decision: Decision; noun: string | null; limit: Limit | null }
  /** Decides about one object, whatever was decided before. */
  | { kind: 'decide'; decision: Decision; thing: One }
  | { kind: 'undo' }
  | { kind: 'redo' }
  | { kind: 'show'; what: Overlay; visible: boolean }
  /** Boxes and masks of one class. `only`: hides those of every other class. A noun of null: all classes are shown. */
  | { kind: 'class'; way: 'hide' | 'show' | 'only'; noun: string | null }
  | { kind: 'zoom'; to: ZoomTarget }
  | { kind: 'select'; thing: One | Extreme }
  /**
   * `format`: as typed; null: the first format. `last`: the last answer with objects, else all of the layer. `noun`: things of
   * one class alone.
   */
  | { kind: 'export'; format: string | null; answers: 'last' | 'all'; noun: string | null }
  | { kind: 'look'; look: Look }
  | { kind: 'clear' };

export type Decision = 'accepted' | 'rejected';
export type Overlay = 'boxes' | 'masks';
export type Look = Preset['name'];

/** Of the score as typed, which may lie outside 0–1, or of a size. */
export type Limit = Extract<Condition, { kind: 'score' | 'area' | 'length' }>;

/** One object: by its number, or the one that is selected. */
export type One = { by: 'number'; noun: string | null; number: number } | { by: 'selection' };

/** The first of an order. */
export interface Extreme {
  by: 'order';
  noun: string | null;
  order: Order;
}

export type ZoomTarget =
  | One
  | Extreme
  /** All of a noun. */
  | { by: 'noun'; noun: string }
  /** What the last answer points at. */
  | { by: 'last' }
  | { by: 'region' }
  | { by: 'image' }
  | { by: 'factor'; factor: number };

/** What a done command leaves in its answer. */
export interface Done {
  kind: Command['kind'];
  /** How to take it back: the key of its step in the history, or the view before; null if there is nothing to take back. */
  undo: { step: string } | { view: PixelWindow } | null;
}

/** What only the screen can do. */
export type ScreenAction =
  | { kind: 'show'; what: Overlay; visible: boolean }
  /** A window of the active layer, in source pixels. */
  | { kind: 'zoom-window'; window: PixelWindow }
  | { kind: 'zoom-object'; objectId: string }
  | { kind: 'zoom-by'; factor: number }
  /** Marks a place of the active layer for a moment, and moves there if it isn't in view. */
  | { kind: 'point'; xPx: number; yPx: number }
  | { kind: 'save'; file: ExportedFile };
