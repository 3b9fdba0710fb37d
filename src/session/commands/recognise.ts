import { hasHan } from '../../lib/han.ts';
import { chineseCommand } from './chinese.ts';
import type { Command } from './command.ts';
import { englishCommand } from './english.ts';

/**
 * The command that typed words are; null if they are a question. A pattern must fit the words as a whole, so that a question about
 * things is never taken for a command.
 */
export function commandTyped(text: string): Command | null {
  const words = text
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/\s*[.!。…]+$/, '');
  if (words === '' || words.length > MOST_CHARACTERS) return null;
  return hasHan(words) ? chineseCommand(words) : englishCommand(words);
}

/** Longer texts are no commands. */
const MOST_CHARACTERS = 120;
