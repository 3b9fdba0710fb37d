import { NadirError } from '../../lib/errors.ts';

const PLACEHOLDERS = 'input.tif output.tif';

/** Puts the file's own name into the command of a refusal, ready to be pasted into a shell. Other errors pass through. */
export function withNamedCommand(thrown: unknown, fileName: string): unknown {
  if (!(thrown instanceof NadirError) || !thrown.message.includes(PLACEHOLDERS)) return thrown;
  const stem = fileName.replace(/\.[^.]*$/, '');
  // A function: names may hold "$&".
  const message = thrown.message.replace(PLACEHOLDERS, () => `${quote(fileName)} ${quote(`${stem}-nadir.tif`)}`);
  return new NadirError(thrown.code, message, { details: thrown.details, cause: thrown });
}

/** As POSIX shells and PowerShell take a word; plain names stay as they are. */
function quote(word: string): string {
  return /^[\w.@%+=:,/-]+$/.test(word) && !word.startsWith('-') ? word : `'./${word.replaceAll("'", "'\\''")}'`;
}
