import type { Signal } from '@preact/signals';

/** A change that the user can take back. `label` finishes "Undo …", e.g. "reject airplane 2". */
export interface Command {
  label: string;
  apply(): void;
  revert(): void;
}

/** The log of commands. Applying a new one forgets what had been undone. */
export class History {
  private done: Command[] = [];
  private undone: Command[] = [];
  private readonly canUndo: Signal<string | null>;
  private readonly canRedo: Signal<string | null>;

  constructor(canUndo: Signal<string | null>, canRedo: Signal<string | null>) {
    this.canUndo = canUndo;
    this.canRedo = canRedo;
  }

  run(command: Command): void {
    command.apply();
    this.done.push(command);
    this.undone = [];
    this.publish();
  }

  undo(): void {
    const command = this.done.pop();
    if (!command) return;
    command.revert();
    this.undone.push(command);
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
