import type { Session } from '../../session/port.ts';
import { CLASS_FILE_ENDING } from '../../teaching/taught-class.ts';
import { report } from '../report.ts';

/** Whether these files are taught classes. If so, a drop anywhere in the window imports them. */
export function areClasses(files: readonly File[]): boolean {
  return files.length > 0 && files.every(({ name }) => name.toLowerCase().endsWith(CLASS_FILE_ENDING));
}

/** Imports the classes of files, each failure a notice. */
export async function takeClasses(
  session: Pick<Session, 'notices' | 'teaching'>,
  files: readonly File[],
): Promise<void> {
  for (const file of files) {
    const taught = await report(session.notices, 'add-class', () => session.teaching.add(file), [file.name]);
    if (taught) {
      session.notices.inform(
        'class-added',
        `Ask about ${taught.name} like about any class, or find it from the Teach panel.`,
        [taught.name],
      );
    }
  }
}
