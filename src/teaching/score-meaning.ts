const TAUGHT =
  'a doubtful probability: it was estimated from the examples that the class was taught by, and never checked on other scenes';

/** What the score of an object means. `model` is the one that found it. */
export function scoreMeaningOf(
  label: string,
  { classes = [], scoreMeaning }: { classes?: readonly { name: string; taught?: unknown }[]; scoreMeaning: string },
): string {
  return classes.some(({ name, taught }) => taught && name === label) ? TAUGHT : scoreMeaning;
}
