import { NadirError } from '../../lib/errors.ts';

const PLACEHOLDERS = 'input.tif output.tif';

/**
 * Puts the file's own name into the command in a refusal's message, so that it can be pasted into a shell. Returns
 * other errors unchanged.
 */
export function withNamedCommand(thrown: unknown, fileName: string): unknown {
  if (!(thrown instanceof NadirError) || !thrown.message.includes(PLACEHOLDERS)) return thrown;
  const stem = fileName.replace(/\.[^.]*$/, '');
  // A replacement function, because names may contain "$&".
  const message = thrown.message.replace(PLACEHOLDERS, () => `${quote(fileName)} ${quote(`${stem}-nadir.tif`)}`);
  return new NadirError(thrown.code, message, { details: thrown.details, cause: thrown });
}

/** Quotes a word for POSIX shells and PowerShell; plain names stay unquoted. */
function quote(word: string): string {
  return /^[\w.@%+=:,/-]+$/.test(word) && !word.startsWith('-') ? word : `'./${word.replaceAll("'", "'\\''")}'`;
}
