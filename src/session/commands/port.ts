import type { ScreenAction } from './command.ts';

/** Commands that are typed as questions; `asking.ask` runs them. */
export interface CommandsPort {
  /** Calls `act` for what only the screen can do. Returns a function that ends this. */
  listen(act: (action: ScreenAction) => void): () => void;
}
