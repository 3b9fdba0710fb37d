import type { DetectorClass, NamedThing } from '../../vlm/types.ts';
import { namesOf } from '../asking/question.ts';

/** A phrase of an answer that is a link to a box. */
export interface Link {
  start: number;
  end: number;
  /** Name of the class that found the box. */
  label: string;
}

export function linksOf(things: readonly NamedThing[]): Link[] {
  return things.map(({ label, span }) => ({ label, ...span }));
}

interface Noun {
  label: string;
  start: number;
  end: number;
}

/**
 * Whether the classes and numbers in the words agree with their links: "buildings: car 1" has another class, and "3 cars: car 1, car 2"
 * another number. A heading before a colon must name the class of each link under it. Links to objects of none of `classes` (changes)
 * are not checked.
 */
export function agree(text: string, links: readonly Link[], classes: readonly DetectorClass[]): boolean {
  const known = links.filter(({ label }) => classes.some(({ name }) => name === label));
  const nouns = nounsIn(text, known, classes);
  return known.every((link) => isHeadedRight(text, link, nouns)) && numbersHold(text, known, nouns);
}

/** The classes that a text names, in the order of their first mention. */
export function classesNamed(text: string, classes: readonly DetectorClass[]): string[] {
  return [...new Set(nounsIn(text, [], classes).map(({ label }) => label))];
}

/** Mentions of classes outside the links; of names that contain each other ("tennis court", "court"), the longer. */
function nounsIn(text: string, links: readonly Link[], classes: readonly DetectorClass[]): Noun[] {
  const lower = text.toLowerCase();
  const words = classes
    .flatMap((each) => namesOf(each).map((word) => ({ label: each.name, word: word.toLowerCase() })))
    .sort((a, b) => b.word.length - a.word.length);
  const taken: { start: number; end: number }[] = links.map(({ start, end }) => ({ start, end }));
  const nouns: Noun[] = [];
  for (const { label, word } of words) {
    for (let start = lower.indexOf(word); start >= 0; start = lower.indexOf(word, start + 1)) {
      const end = start + word.length;
      const isWhole = !/[a-z]/.test(lower[start - 1] ?? ' ') && !/[a-z]/.test(lower[end] ?? ' ');
      const isFree = taken.every((other) => end <= other.start || start >= other.end);
      if ((!/[a-z]/.test(word) || isWhole) && isFree) {
        nouns.push({ label, start, end });
        taken.push({ start, end });
      }
    }
  }
  return nouns.sort((a, b) => a.start - b.start);
}

function isHeadedRight(text: string, { start, label }: Link, nouns: readonly Noun[]): boolean {
  const sentence = Math.max(
    ...['.', '。', '!', '！', '?', '？', '\n'].map((mark) => text.lastIndexOf(mark, start - 1)),
  );
  const colon = Math.max(text.lastIndexOf(':', start - 1), text.lastIndexOf('：', start - 1));
  const before = nouns.filter((noun) => noun.start > sentence && noun.end <= start);
  if (colon > sentence) {
    const heading = before.filter((noun) => noun.end <= colon).at(-1);
    return heading?.label === label && (before.at(-1)?.label === label || before.at(-1) === heading);
  }
  const last = before.at(-1);
  return last === undefined || last.label === label;
}

function numbersHold(text: string, links: readonly Link[], nouns: readonly Noun[]): boolean {
  return nouns.every(({ label, start }) => {
    // Chinese may have a measure word in between: 3 架飞机.
    const number = /(\d+)\s*\p{Script=Han}?\s*$/u.exec(text.slice(0, start));
    if (!number || links.some((link) => link.start <= number.index && number.index < link.end)) return true;
    return Number(number[1]) === links.filter((link) => link.label === label).length;
  });
}
