import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, independent of the working directory. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const DIST = join(ROOT, 'dist');
