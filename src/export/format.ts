import type { ExportInput } from './types.ts';

/** A file format that answers and their objects are saved in. */
export interface ExportFormat {
  /** What callers name it by; stays the same. */
  readonly id: string;
  /** As it reads after "Export". */
  readonly label: string;
  /** Of the saved file, in lower case and without the dot. No two formats share one. */
  readonly extension: string;
  /** Endings that mean this format too where a path chooses one, as `--out` does. */
  readonly otherExtensions?: readonly string[];
  readonly mime: string;
  /** Pure: no page, no session, no file. The blob's type is `mime`. */
  write(input: ExportInput): Promise<Blob>;
}
