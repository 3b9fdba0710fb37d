import type { Composed } from '../answer/compose.ts';
import type { Choice, FactData } from './fact.ts';

/** What is said of a fact. */
export interface Told extends Composed {
  fact?: FactData;
  choices?: Choice[];
}
