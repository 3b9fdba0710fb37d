import type { Signal } from '@preact/signals';

/** A change that the user can take back. `label` finishes "Undo …", e.g. "reject airplane 2". */
export interface Command {
  label: string;
  apply(): void;
  revert(): void;
  /** Changes of one control that follow each other closely count as one: a drag of a slider is undone at once. */
  mergeKey?: string;
}

const MERGE_WITHIN_MS = 1200;

/** The log of commands. Applying a new one forgets what had been undone. */
export class History {
  private done: Command[] = [];
  private undone: Command[] = [];
  private lastRunMs = Number.NEGATIVE_INFINITY;
  private readonly canUndo: Signal<string | null>;
  private readonly canRedo: Signal<string | null>;

  constructor(canUndo: Signal<string | null>, canRedo: Signal<string | null>) {
    this.canUndo = canUndo;
    this.canRedo = canRedo;
  }

  run(command: Command): void {
    command.apply();
    const nowMs = performance.now();
    const last = this.done.at(-1);
    const merges =
      command.mergeKey !== undefined && last?.mergeKey === command.mergeKey && nowMs - this.lastRunMs < MERGE_WITHIN_MS;
    if (last && merges) this.done[this.done.length - 1] = { ...command, revert: () => last.revert() };
    else this.done.push(command);
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
    this.canUndo.value = this.done.at(-1)?.label ?? null;
    this.canRedo.value = this.undone.at(-1)?.label ?? null;
  }
}
