import { NadirError } from '../lib/errors.ts';
import { newId } from './ids.ts';
import type { SessionState } from './state.ts';
import type { Notice } from './types.ts';

const MOST_KEPT = 6;

/** Shows a failure; a stop on request is no failure. The same sentence is not shown twice. */
export function notifyError(
  state: SessionState,
  thrown: unknown,
  title: string,
  action: Notice['action'] = null,
): NadirError {
  const error = NadirError.from(thrown);
  if (error.code !== 'ABORTED') {
    add(state, { id: newId('n'), kind: 'error', title, message: error.message, code: error.code, action });
  }
  return error;
}

/** Says something that the user should know and that is not a failure. */
export function inform(state: SessionState, title: string, message: string, action: Notice['action'] = null): void {
  add(state, { id: newId('n'), kind: 'info', title, message, code: null, action });
}

/** An address holds another image than the one that was asked about. */
export function tellOfChange(state: SessionState, { name }: { name: string }): void {
  inform(
    state,
    `${name} has changed since it was last open`,
    'What lies at its address is not what it was. Earlier answers, boxes and reviews are about what it showed then: ask again.',
  );
}

export function dismiss(state: SessionState, noticeId: string): void {
  state.notices.value = state.notices.value.filter((notice) => notice.id !== noticeId);
}

/** Takes away the notices whose title ends with `ending`: what they told has been overtaken. */
export function dismissTitled(state: SessionState, ending: string): void {
  state.notices.value = state.notices.value.filter((notice) => !notice.title.endsWith(ending));
}

function add(state: SessionState, notice: Notice): void {
  const others = state.notices.value.filter((old) => old.title !== notice.title || old.message !== notice.message);
  state.notices.value = [...others, notice].slice(-MOST_KEPT);
}
