import type { TaskId } from '../workers/vlm/api.ts';

const words = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
  'twenty',
];
const number = new RegExp(`\\b(\\d{1,4}|${words.slice().reverse().join('|')})\\b(?![.,]\\d)`, 'gi');

/**
 * The number of objects that the model wrote, from its words alone; null when it wrote none or wasn't asked to count.
 * The last number counts, since the model counts up before it concludes ("… - 3 cars").
 */
export function readStatedCount(plainText: string, asked: { task: TaskId; prompt: string }): number | null {
  const counts =
    asked.task === 'count' || (asked.task === 'ask' && /\bhow many\b|\bcount\b|\bnumber of\b/i.test(asked.prompt));
  if (!counts) return null;
  const last = [...plainText.matchAll(number)].at(-1)?.[1];
  if (last !== undefined) {
    const asWord = words.indexOf(last.toLowerCase());
    return asWord >= 0 ? asWord : Number(last);
  }
  return /\b(no|none|not any)\b/i.test(plainText) ? 0 : null;
}
