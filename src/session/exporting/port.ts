import type { ExportFormat } from '../../export/format.ts';

export type ExportChoice = Pick<ExportFormat, 'id' | 'label' | 'extension' | 'about'>;

/** A file to be saved. */
export interface ExportedFile {
  fileName: string;
  blob: Blob;
}

export interface ExportingPort {
  /** In the order of the menus; a plain export writes the first. */
  readonly formats: readonly ExportChoice[];
  /**
   * The answers given (default: all of the active layer) in a format of `formats`, without rejected objects. Errors: CHOICE_UNKNOWN
   * where there is no such format, NO_IMAGE, those of the format.
   */
  exportAs(formatId: string, answerIds?: readonly string[]): Promise<ExportedFile>;
}
