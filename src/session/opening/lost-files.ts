import type { StoreFailure } from '../../storage/key-value-store.ts';

/** Files beyond this, all layers together, aren't copied into the browser's storage; only their names are kept. */
export const LARGEST_KEPT_BYTES = 256 * 1024 * 1024;

/** Why a file was not copied into the browser's storage. */
export type NotKept = StoreFailure | 'too-large';
/** Why a reload can't open a file: it was never stored, or `deleted` from the storage since. `unknown`: an earlier version didn't record it. */
export type Lost = NotKept | 'deleted' | 'unknown';

const LIMIT = `${LARGEST_KEPT_BYTES / 2 ** 20} MiB`;

/** Words that agree with how many files there are. */
interface Files {
  they: string;
  They: string;
  are: string;
  were: string;
  have: string;
  them: string;
  their: string;
}
const ONE: Files = { they: 'it', They: 'It', are: 'is', were: 'was', have: 'has', them: 'it', their: 'its' };
const SEVERAL: Files = {
  they: 'they',
  They: 'They',
  are: 'are',
  were: 'were',
  have: 'have',
  them: 'them',
  their: 'their',
};

const WHY: Record<Lost, (files: Files) => string> = {
  'too-large': ({ they, are }) => `The browser keeps files of up to ${LIMIT} together, and ${they} ${are} larger.`,
  full: ({ they, were }) => `The browser’s storage for this page was full when ${they} ${were} to be kept.`,
  'no-storage': ({ them }) => `This browser gave the page no storage to keep ${them} in, as in some private windows.`,
  'source-gone': ({ they, They, were }) =>
    `${They} ${were} moved, changed or deleted on disk before ${they} could be kept.`,
  refused: ({ them }) => `The browser refused to store ${them}, and did not say why.`,
  deleted: ({ They, were, have }) =>
    `${They} ${were} kept, and ${have} been deleted since: with the page’s site data, or by the browser when the disk ran full.`,
  unknown: ({ They, were }) =>
    `${They} ${were} not kept: larger than ${LIMIT} together, or refused by the browser. The earlier version of Nadir did not record which.`,
};

/** Why `count` files could not be opened again after a reload, and what to do. */
export function lostWords(reason: Lost, count: number): string {
  const files = count === 1 ? ONE : SEVERAL;
  return `${WHY[reason](files)} Open ${files.them} again to go on; ${files.their} earlier answers are not kept.`;
}

export const FREE_SPACE =
  'Delete earlier sessions on the start page of a new tab, clear the cached overviews in the image panel, or free space on the disk; then open the image again.';

/** Why a file could not be stored just now; null where another notice says it. */
export function notKeptWords(reason: NotKept): string | null {
  switch (reason) {
    case 'full':
      return `The browser’s storage for this page is full. ${FREE_SPACE}`;
    case 'source-gone':
      return 'It was moved, changed or deleted on disk since it was opened. Open it again.';
    case 'refused':
      return 'The browser refused to store it, and did not say why.';
    // `nothingKeptWords` says the first of the whole session; a large file is named after a reload.
    case 'no-storage':
    case 'too-large':
      return null;
  }
}

/** Why the session itself, with its answers and reviews, could not be stored. */
export function nothingKeptWords(reason: StoreFailure): string {
  if (reason === 'full') return `The browser’s storage for this page is full. ${FREE_SPACE}`;
  if (reason === 'no-storage') {
    return 'This browser gives the page no storage, as in some private windows or where site data are blocked. Export what you need before you close or reload this page.';
  }
  return 'The browser refused to store them, and did not say why. Export what you need before you close or reload this page.';
}
