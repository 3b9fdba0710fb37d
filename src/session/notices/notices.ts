import { NadirError } from '../../lib/errors.ts';
import { newId } from '../ids.ts';
import type { SessionState } from '../state.ts';
import { type NoticeTopic, noticeTitles } from './notice-titles.ts';
import type { Notice, NoticesPort } from './port.ts';

const MOST_KEPT = 6;

type Shown = Pick<SessionState, 'notices'>;

export function noticesPort(state: Shown): NoticesPort {
  return {
    shown: state.notices,
    fail: (error, topic, about) => void notifyError(state, error, topic, about),
    inform: (topic, message, about = []) => inform(state, topic, about, message),
    settle: (topic) => settle(state, topic),
    dismiss: (noticeId) => {
      state.notices.value = state.notices.value.filter(({ id }) => id !== noticeId);
    },
  };
}

/** As `NoticesPort.fail`; returns the error. For failures of work that nobody awaits: what is awaited rejects instead. */
export function notifyError(
  state: Shown,
  thrown: unknown,
  topic: NoticeTopic,
  about: readonly string[] = [],
  action: Notice['action'] = null,
): NadirError {
  const error = NadirError.from(thrown);
  if (error.code !== 'ABORTED') {
    add(state, topic, about, { kind: 'error', message: error.message, code: error.code, action });
  }
  return error;
}

/** Says something that the user should know and that is not a failure. */
export function inform(state: Shown, topic: NoticeTopic, about: readonly string[], message: string): void {
  add(state, topic, about, { kind: 'info', message, code: null, action: null });
}

/** The address holds another image than the one that earlier answers are about. */
export function informOfChange(state: Shown, { name }: { name: string }): void {
  const message =
    'The file at this address is no longer the same. Earlier answers, boxes and reviews describe the old one: ask again.';
  inform(state, 'image-changed', [name], message);
}

export function settle(state: Shown, topic: NoticeTopic): void {
  state.notices.value = state.notices.value.filter((notice) => notice.topic !== topic || notice.kind !== 'error');
}

function add(
  state: Shown,
  topic: NoticeTopic,
  about: readonly string[],
  rest: Pick<Notice, 'kind' | 'message' | 'code' | 'action'>,
): void {
  const notice: Notice = { id: newId('n'), topic, about, title: noticeTitles[topic](about), ...rest };
  const others = state.notices.value.filter((old) => old.topic !== topic || old.title !== notice.title);
  state.notices.value = [...others, notice].slice(-MOST_KEPT);
}
