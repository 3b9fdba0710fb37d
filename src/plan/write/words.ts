import type { ReadPlan } from '../plan.ts';
import type {
  Amount,
  Caveat,
  ClassifyResult,
  CompareResult,
  CountRow,
  CoverResult,
  DescribeResult,
  ExistsRow,
  ExtremeResult,
  LeftOut,
  MeasureResult,
  PlacesResult,
  Reason,
  Reference,
  Result,
} from '../result.ts';
import type { Phrase } from './phrase.ts';

/** What every sentence may need beside its own result. */
export interface Setting {
  plan: ReadPlan;
  result: Result;
}

/** Words of answers in one language, by what they say. `en/words.ts` and `zh/words.ts` are the two. */
export interface Words {
  /** The last touch on a whole text. */
  finish(phrase: Phrase): Phrase;
  /** Between sentences. */
  gap: string;
  amount(amount: Amount): string;
  found(rows: readonly CountRow[], setting: Setting): Phrase;
  counted(rows: readonly CountRow[], total: Omit<CountRow, 'subject'> | null, setting: Setting): Phrase;
  exists(row: ExistsRow, setting: Setting): Phrase;
  compared(result: CompareResult, setting: Setting): Phrase;
  places(result: PlacesResult, setting: Setting): Phrase[];
  extreme(result: ExtremeResult, setting: Setting): Phrase;
  measured(result: MeasureResult, setting: Setting): Phrase;
  /** The ground by class, from the land cover. */
  ground(result: CoverResult, setting: Setting): Phrase[];
  described(result: DescribeResult, setting: Setting): Phrase[];
  classified(result: ClassifyResult, setting: Setting): Phrase;
  cannot(reason: Reason, setting: Setting): Phrase;
  /** No class for these; what of the same kind is known instead. */
  unknown(subjects: readonly string[], offers: readonly string[]): Phrase;
  /** "I know …". */
  known(subjects: readonly string[]): Phrase;
  /** Which things a place was named by, where the plan chooses them. */
  reference(reference: Reference): Phrase;
  /** Empty for a caveat that another sentence states. */
  caveat(caveat: Caveat): Phrase;
  leftOut(leftOut: LeftOut, saysSizes: boolean): Phrase[];
  /** A plan in words, as on a button: "Count cars in the left half". */
  planned(plan: ReadPlan): string;
  /** Asked back where a question was read with little certainty. */
  unsure: string;
  /** Asked back where one text holds two questions. */
  two: string;
}
