import type { ReadonlySignal } from '@preact/signals';
import type { ErrorCode } from '../../lib/errors.ts';
import type { NoticeTopic } from './notice-titles.ts';

export interface Notice {
  /** Unique. */
  id: string;
  topic: NoticeTopic;
  /** Names of the files or layers that it is about. */
  about: readonly string[];
  kind: 'error' | 'info';
  title: string;
  message: string;
  /** Of an error; null for information. */
  code: ErrorCode | null;
  action: { label: string; run: () => void } | null;
}

/** Messages to the user that belong to no control. */
export interface NoticesPort {
  readonly shown: ReadonlySignal<readonly Notice[]>;
  /** Shows a failure in place of an earlier one of the same topic about the same names. A stop on request (ABORTED) is not shown. */
  fail(error: unknown, topic: NoticeTopic, about?: readonly string[]): void;
  /** Says something that is not a failure. */
  inform(topic: NoticeTopic, message: string, about?: readonly string[]): void;
  /** Removes the failures of a topic: the user tries again, or has succeeded. */
  settle(topic: NoticeTopic): void;
  dismiss(noticeId: string): void;
}
