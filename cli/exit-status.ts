import type { ErrorCode } from '../src/lib/errors.ts';

/** As documented in --help. */
export const EXIT = { done: 0, other: 1, usage: 2, file: 3, model: 4, browser: 5, partial: 6 } as const;

const STATUS_OF: Record<ErrorCode, number> = {
  FILE_EMPTY: EXIT.file,
  FILE_UNREADABLE: EXIT.file,
  STORAGE_FULL: EXIT.other,
  NOT_AN_IMAGE: EXIT.file,
  TIFF_CORRUPT: EXIT.file,
  TIFF_TRUNCATED: EXIT.file,
  TIFF_COMPRESSION_UNSUPPORTED: EXIT.file,
  TIFF_LAYOUT_UNSUPPORTED: EXIT.file,
  IMAGE_TOO_LARGE: EXIT.file,
  CRS_UNSUPPORTED: EXIT.file,
  VECTOR_INVALID: EXIT.file,
  URL_INVALID: EXIT.usage,
  URL_UNREACHABLE: EXIT.file,
  URL_NO_RANGES: EXIT.file,
  URL_REFUSED: EXIT.file,
  URL_CHANGED: EXIT.file,
  WINDOW_OUTSIDE: EXIT.usage,
  EXPRESSION_INVALID: EXIT.usage,
  SCENES_DO_NOT_MATCH: EXIT.file,
  MODEL_FILE_MISSING: EXIT.model,
  MODEL_HASH_MISMATCH: EXIT.model,
  MODEL_MANIFEST_INVALID: EXIT.model,
  MODEL_NOT_READY: EXIT.model,
  PROMPT_TOO_LONG: EXIT.usage,
  LABEL_UNKNOWN: EXIT.usage,
  MODEL_LACKS_TASK: EXIT.usage,
  MODEL_UNCHECKABLE: EXIT.model,
  ADAPTER_INVALID: EXIT.model,
  ADAPTER_UNSUPPORTED: EXIT.model,
  ADAPTER_WRONG_BASE: EXIT.model,
  WEBGPU_UNAVAILABLE: EXIT.model,
  DEVICE_LOST: EXIT.model,
  OUT_OF_MEMORY: EXIT.model,
  PART_MISSING: EXIT.other,
  NO_IMAGE: EXIT.usage,
  NO_EARLIER_IMAGE: EXIT.usage,
  BAND_MISSING: EXIT.usage,
  QUESTION_INCOMPLETE: EXIT.usage,
  QUESTION_RUNNING: EXIT.other,
  ANSWER_OUTDATED: EXIT.other,
  SESSION_IN_USE: EXIT.other,
  CHOICE_UNKNOWN: EXIT.usage,
  COORDINATES_INVALID: EXIT.usage,
  OPTION_INVALID: EXIT.usage,
  ABORTED: EXIT.other,
  WORKER_CRASHED: EXIT.other,
  INVALID_ARGUMENT: EXIT.usage,
  INTERNAL: EXIT.other,
};

export function exitStatusOf(code: string): number {
  return (STATUS_OF as Record<string, number>)[code] ?? EXIT.other;
}
