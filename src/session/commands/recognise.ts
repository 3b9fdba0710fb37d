import { hasHan } from '../../lib/han.ts';
import { chineseCommand } from './chinese.ts';
import type { Command } from './command.ts';
import { englishCommand } from './english.ts';

/**
 * The command that typed words are; null if they are a question. A pattern must fit the words as a whole, so that a question about
 * things is never taken for a command. `isHidden`: whether a noun names a class whose boxes are hidden.
 */
export function commandTyped(text: string, isHidden: (noun: string) => boolean = () => false): Command | null {
  const words = text
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/\s*[.!。…]+$/, '');
  if (words === '' || words.length > MOST_CHARACTERS) return null;
  const command = hasHan(words) ? chineseCommand(words) : englishCommand(words);
  return isQuestion(command, isHidden) ? null : command;
}

/** "Show the cars" asks to find them, unless they are hidden. */
function isQuestion(command: Command | null, isHidden: (noun: string) => boolean): boolean {
  return command?.kind === 'class' && command.way === 'show' && command.noun !== null && !isHidden(command.noun);
}

/** Longer texts are no commands. */
const MOST_CHARACTERS = 120;
