import type { StoreFailure } from '../../storage/key-value-store.ts';

/** Files beyond this, all layers together, aren't copied into the browser's storage: their names are kept, and the user is told. */
export const LARGEST_KEPT_BYTES = 256 * 1024 * 1024;

/** Why a file was not copied into the browser's storage. */
export type NotKept = StoreFailure | 'too-large';
/** Why a file can't be put back: it was never kept, or `deleted` from the storage since. `unknown`: an earlier version didn't say. */
export type Lost = NotKept | 'deleted' | 'unknown';

const LIMIT = `${LARGEST_KEPT_BYTES / 2 ** 20} MiB`;

const WHY: Record<Lost, string> = {
  'too-large': `The browser keeps files of up to ${LIMIT} together, and they are larger.`,
  full: 'The browser’s storage for this page was full when they were to be kept.',
  'no-storage': 'This browser gave the page no storage to keep them in, as in some private windows.',
  'source-gone': 'They were moved, changed or deleted on disk before they could be kept.',
  refused: 'The browser refused to store them, and did not say why.',
  deleted:
    'They were kept, and have been deleted since: with the page’s site data, or by the browser when the disk ran full.',
  unknown: `They were not kept: larger than ${LIMIT} together, or refused by the browser. The earlier version of Nadir that was used then did not note which.`,
};

/** What is said after a reload of files that can't be put back, one notice a reason. */
export function lostWords(reason: Lost, names: readonly string[]): { title: string; message: string } {
  const one = names.length === 1;
  const why = one ? singular(WHY[reason]) : WHY[reason];
  return {
    title: `${names.join(', ')} ${one ? 'was' : 'were'} open`,
    message: `${why} Open ${one ? 'it' : 'them'} again to go on; ${one ? 'its' : 'their'} earlier answers are not kept.`,
  };
}

const FREE_SPACE =
  'Delete earlier sessions on the start page of a new tab, clear the cached overviews in the image panel, or free space on the disk; then open the image again.';

/** What is said at once of a file that should be kept and can't be; null where that is no surprise. */
export function notKeptWords(reason: NotKept, name: string): { title: string; message: string } | null {
  const title = `${name} won’t be there after a reload`;
  switch (reason) {
    case 'full':
      return { title, message: `The browser’s storage for this page is full. ${FREE_SPACE}` };
    case 'source-gone':
      return { title, message: 'It was moved, changed or deleted on disk since it was opened. Open it again.' };
    case 'refused':
      return { title, message: 'The browser refused to store it, and did not say why.' };
    // Said of the whole session; and a large file is told of when it is missed.
    case 'no-storage':
    case 'too-large':
      return null;
  }
}

/** What is said when the session itself can't be written down: answers and reviews would be lost, too. */
export function nothingKeptWords(reason: StoreFailure): { title: string; message: string } {
  const title = 'Answers and reviews won’t be there after a reload';
  const message =
    reason === 'full'
      ? `The browser’s storage for this page is full. ${FREE_SPACE}`
      : reason === 'no-storage'
        ? 'This browser gives the page no storage, as in some private windows or where site data are blocked. Export what you need before you close or reload this page.'
        : 'The browser refused to store them, and did not say why. Export what you need before you close or reload this page.';
  return { title, message };
}

function singular(text: string): string {
  return text
    .replace('they are larger', 'it is larger')
    .replace('they were to be kept', 'it was to be kept')
    .replace('They were', 'It was')
    .replace('have been', 'has been')
    .replace('before they could', 'before it could')
    .replace(/\bthem\b/, 'it');
}
