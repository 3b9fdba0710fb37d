import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { newId } from '../ids.ts';
import type { HistoryPort } from './port.ts';
import { type Step, type StepId, stepOf } from './steps.ts';

/** A change that the user can take back. */
export interface Command {
  id: StepId;
  /** Name of what it changes. */
  target: string;
  apply(): void;
  revert(): void;
  /** Commands of one id and one key that follow each other closely are one step, so that one undo reverts a whole slider drag. */
  mergeKey?: string;
}

type Kept = Command & { key: string };

const MERGE_WITHIN_MS = 1200;

/** The log of commands. A new command discards those that were undone. */
export class History implements HistoryPort {
  readonly canUndo: ReadonlySignal<Step | null>;
  readonly canRedo: ReadonlySignal<Step | null>;
  private readonly undoable: Signal<Step | null> = signal(null);
  private readonly redoable: Signal<Step | null> = signal(null);
  private done: Kept[] = [];
  private undone: Kept[] = [];
  private lastRunMs = Number.NEGATIVE_INFINITY;

  constructor() {
    this.canUndo = this.undoable;
    this.canRedo = this.redoable;
  }

  run(command: Command): void {
    command.apply();
    const nowMs = performance.now();
    const last = this.done.at(-1);
    const isSame = last?.id === command.id && last.mergeKey === command.mergeKey;
    if (last && command.mergeKey !== undefined && isSame && nowMs - this.lastRunMs < MERGE_WITHIN_MS) {
      this.done[this.done.length - 1] = { ...command, key: newId('s'), revert: () => last.revert() };
    } else this.done.push({ ...command, key: newId('s') });
    this.lastRunMs = nowMs;
    this.undone = [];
    this.publish();
  }

  undo(): void {
    const command = this.done.pop();
    if (!command) return;
    command.revert();
    this.undone.push(command);
    this.lastRunMs = Number.NEGATIVE_INFINITY;
    this.publish();
  }

  redo(): void {
    const command = this.undone.pop();
    if (!command) return;
    command.apply();
    this.done.push(command);
    this.publish();
  }

  clear(): void {
    this.done = [];
    this.undone = [];
    this.publish();
  }

  private publish(): void {
    const [undo, redo] = [this.done.at(-1), this.undone.at(-1)];
    this.undoable.value = undo ? stepOf(undo.id, undo.target, undo.key) : null;
    this.redoable.value = redo ? stepOf(redo.id, redo.target, redo.key) : null;
  }
}
