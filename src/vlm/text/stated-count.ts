import type { TaskId } from '../../tasks/table.ts';

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
const number = new RegExp(
  `\\b(\\d{1,3}(?:,\\d{3})+|\\d{1,4}|${words.slice().reverse().join('|')})\\b(?![.,]\\d)`,
  'gi',
);

const digits = '零一二三四五六七八九';
const numeral = '[零〇一二两三四五六七八九十百]';
/** A numeral counts only before a measure word, 。, ， or the end of the text, because 一 is part of many words. */
const chineseNumber = new RegExp(`(${numeral}+)(?=[架辆个座棵片条艘块处栋幢所台只株条]|[。，]|$)`, 'g');
const asksForNumber =
  /\bhow many\b|\bcount\b|\bnumber of\b|多少|几[架辆个座棵片条艘块处栋幢所台只株]|数量|数一数|计数/i;
const saysNone = /\b(no|none|not any)\b|没有|无/i;

/**
 * The number of objects that the model wrote ("About 60 trees", "有3架飞机", "大约六十棵树"), found only from its words. Null if
 * it wrote no number or the question didn't ask for a count. The last number is used, because the model counts up
 * before it concludes ("… - 3 cars").
 */
export function readStatedCount(plainText: string, asked: { task: TaskId; prompt: string }): number | null {
  const counts = asked.task === 'count' || (asked.task === 'ask' && asksForNumber.test(asked.prompt));
  if (!counts) return null;
  const western = [...plainText.matchAll(number)].at(-1);
  const chinese = [...plainText.matchAll(chineseNumber)].at(-1);
  if (chinese && chinese.index > (western?.index ?? -1)) return readChineseNumeral(chinese[1]!);
  if (western) {
    const asWord = words.indexOf(western[1]!.toLowerCase());
    return asWord >= 0 ? asWord : Number(western[1]!.replaceAll(',', ''));
  }
  return saysNone.test(plainText) ? 0 : null;
}

/** 0 to 999: 三 · 十二 · 六十 · 一百二十. */
function readChineseNumeral(text: string): number {
  let total = 0;
  let digit = 0;
  for (const character of text.replaceAll('两', '二').replaceAll('〇', '零')) {
    const value = digits.indexOf(character);
    if (value >= 0) {
      digit = value;
      continue;
    }
    total += (digit || 1) * (character === '百' ? 100 : 10);
    digit = 0;
  }
  return total + digit;
}
