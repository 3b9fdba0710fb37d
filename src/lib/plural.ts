import { hasHan } from './han.ts';

/** "pier" → "piers"; a word that ends in s, or a Chinese one, as it is. */
export function regularPlural(word: string): string {
  return word.endsWith('s') || hasHan(word) ? word : `${word}s`;
}
