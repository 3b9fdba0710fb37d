import type { ExportInput } from './types.ts';

/** A file format for saving answers and their objects. */
export interface ExportFormat {
  /** The name that callers use; never changes. */
  readonly id: string;
  /** The text after "Export". */
  readonly label: string;
  /** The saved file's extension, in lower case and without the dot. Unique among formats. */
  readonly extension: string;
  /** Other extensions that select this format in a path, such as `--out`'s. */
  readonly otherExtensions?: readonly string[];
  readonly mime: string;
  /** Set for a format of the land cover alone, which isn't offered where there is none. */
  readonly about?: 'land cover';
  /** Pure: uses no page, session or file. The blob's type is `mime`. */
  write(input: ExportInput): Promise<Blob>;
}
