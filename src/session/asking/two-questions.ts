import { hasHan } from '../../lib/han.ts';

// "… and where are they?" asks on about the same things, which one plan answers.
const ASKS_ON = /\b(they|them|it|its|their|those|these|ones?)\b|它们|这些|那些|分别|各/i;
const BEGINS =
  /(?:[,;.?!]\s*(?:and\s+|also\s+|then\s+)*|\s+and\s+(?:also\s+)?)(?=(?:how\s+(?:many|much)|what|where|which|(?:is|are)\s+there|count|find|show|list)\b)/i;
const BEGINS_ZH = /[，,；;。？?、]\s*(?:以及|还有|并且|另外|同时|再|也)?/;
const ASKS = /^\s*(?:and\s+)?(?:how|what|where|which|is|are|do|does|can|count|find|show|list|any)\b/i;
const ASKS_ZH = /多少|几|吗|哪|有没有|是否|什么|数一?数|找出/;

/**
 * The two questions that one typed text holds, as said; null if it holds one. Only by its form: whether they are about different
 * things is for whoever reads both. A text of three or more counts as one, which nobody can answer well.
 */
export function twoQuestions(text: string): [string, string] | null {
  const isChinese = hasHan(text);
  const parts = text
    .split(isChinese ? BEGINS_ZH : BEGINS)
    .map((part) => part.trim())
    .filter((part) => /\p{L}/u.test(part));
  const [first, second] = parts;
  if (parts.length !== 2 || first === undefined || second === undefined || ASKS_ON.test(second)) return null;
  const asks = isChinese ? ASKS_ZH : ASKS;
  return asks.test(first) && asks.test(second) ? [first, second] : null;
}
