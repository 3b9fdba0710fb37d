/**
 * Every failure that a caller branches on or a user reads. Add a code only if somebody acts on it. Bugs of our own are
 * INTERNAL (`assert`).
 */
export type ErrorCode =
  // files and imagery
  | 'FILE_EMPTY'
  | 'FILE_UNREADABLE'
  | 'STORAGE_FULL'
  | 'NOT_AN_IMAGE'
  | 'TIFF_CORRUPT'
  | 'TIFF_TRUNCATED'
  | 'TIFF_COMPRESSION_UNSUPPORTED'
  | 'TIFF_LAYOUT_UNSUPPORTED'
  | 'IMAGE_TOO_LARGE'
  | 'CRS_UNSUPPORTED'
  | 'VECTOR_INVALID'
  | 'URL_INVALID'
  | 'URL_UNREACHABLE'
  | 'URL_NO_RANGES'
  | 'URL_REFUSED'
  | 'URL_CHANGED'
  | 'WINDOW_OUTSIDE'
  | 'EXPRESSION_INVALID'
  | 'SCENES_DO_NOT_MATCH'
  // model
  | 'MODEL_FILE_MISSING'
  | 'MODEL_HASH_MISMATCH'
  | 'MODEL_MANIFEST_INVALID'
  | 'MODEL_NOT_READY'
  | 'VIEWS_UNSUPPORTED'
  | 'MODEL_BAND_MISSING'
  | 'PROMPT_TOO_LONG'
  | 'LABEL_UNKNOWN'
  | 'MODEL_LACKS_TASK'
  | 'MODEL_UNCHECKABLE'
  | 'ADAPTER_INVALID'
  | 'ADAPTER_UNSUPPORTED'
  | 'ADAPTER_WRONG_BASE'
  // taught classes
  | 'CLASS_INVALID'
  | 'CLASS_WRONG_MODEL'
  | 'CLASS_NAME_TAKEN'
  | 'EXAMPLES_TOO_FEW'
  | 'EXAMPLES_TOO_MANY'
  // questions
  | 'PLAN_INVALID'
  // devices
  | 'WEBGPU_UNAVAILABLE'
  | 'DEVICE_LOST'
  | 'OUT_OF_MEMORY'
  // the app's own files
  | 'PART_MISSING'
  // what the user asked for
  | 'NO_IMAGE'
  | 'NO_EARLIER_IMAGE'
  | 'BAND_MISSING'
  | 'QUESTION_INCOMPLETE'
  | 'QUESTION_RUNNING'
  | 'ANSWER_OUTDATED'
  | 'SESSION_IN_USE'
  | 'CHOICE_UNKNOWN'
  | 'COORDINATES_INVALID'
  | 'OPTION_INVALID'
  // running
  | 'ABORTED'
  | 'WORKER_CRASHED'
  | 'INTERNAL';

/** An error as plain data, to cross a worker boundary; it is rebuilt on the other side. */
export interface ErrorData {
  code: ErrorCode;
  message: string;
  details?: Record<string, unknown>;
}

/** The only error class. `message` says what happened, what was expected and what to do. */
export class NadirError extends Error {
  override readonly name = 'NadirError';
  readonly code: ErrorCode;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, options: { details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  toData(): ErrorData {
    return { code: this.code, message: this.message, details: this.details };
  }

  static fromData(data: ErrorData): NadirError {
    return new NadirError(data.code, data.message, { details: data.details ?? {} });
  }

  /** Wraps anything thrown: returns a NadirError unchanged; an AbortError becomes ABORTED. */
  static from(thrown: unknown, fallback: ErrorCode = 'INTERNAL'): NadirError {
    if (thrown instanceof NadirError) return thrown;
    if (thrown instanceof Error && thrown.name === 'AbortError') {
      return new NadirError('ABORTED', 'Stopped on request.', { cause: thrown });
    }
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new NadirError(fallback, message, { cause: thrown });
  }
}

/** For our own bugs only; wrong user input gets a NadirError. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new NadirError('INTERNAL', `Assertion failed: ${message}`);
}
