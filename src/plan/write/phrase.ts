/** A piece of an answer; a link to the things meant, if it names any. */
export interface TextRun {
  text: string;
  thingIds: string[];
}

/** An answer: `text` is its runs joined. */
export interface Written {
  text: string;
  runs: TextRun[];
}

export type Phrase = readonly TextRun[];

type Part = string | Phrase;

const runsOf = (part: Part): Phrase => (typeof part === 'string' ? [{ text: part, thingIds: [] }] : part);

export const linked = (text: string, thingIds: readonly string[]): Phrase => [{ text, thingIds: [...thingIds] }];

/** say`There are ${linked('3 cars', ids)}.`: a phrase with links in it. */
export function say(texts: TemplateStringsArray, ...parts: Part[]): Phrase {
  return texts.flatMap((text, i) => [...runsOf(text), ...runsOf(parts[i] ?? '')]);
}

/** Phrases one after the other, with `separator` between those that aren't empty. */
export function join(phrases: readonly Part[], separator: string): Phrase {
  return phrases
    .map(runsOf)
    .filter((phrase) => textOf(phrase) !== '')
    .flatMap((phrase, i) => (i === 0 ? phrase : [...runsOf(separator), ...phrase]));
}

/** "a, b and c". */
export function list(phrases: readonly Part[], separator: string, last: string): Phrase {
  const some = phrases.map(runsOf);
  const end = some.at(-1);
  if (!end || some.length === 1) return end ?? [];
  return [...join(some.slice(0, -1), separator), ...runsOf(last), ...end];
}

export const textOf = (phrase: Phrase): string => phrase.map(({ text }) => text).join('');

/** With a capital first letter. */
export function capital(phrase: Phrase): Phrase {
  const first = phrase.findIndex(({ text }) => text !== '');
  return phrase.map((run, i) =>
    i === first ? { ...run, text: run.text.charAt(0).toUpperCase() + run.text.slice(1) } : run,
  );
}

/** Neighbouring runs without links become one, and empty runs are dropped. */
export function written(phrase: Phrase): Written {
  const runs: TextRun[] = [];
  for (const run of phrase) {
    const last = runs.at(-1);
    if (run.text === '') continue;
    if (last && last.thingIds.length === 0 && run.thingIds.length === 0) last.text += run.text;
    else runs.push({ ...run, thingIds: [...run.thingIds] });
  }
  return { text: textOf(runs), runs };
}
