import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NadirError } from '../lib/errors.ts';
import type { AskInput } from '../session/asking/port.ts';
import { fakeWorkers } from '../session/fakes.ts';
import type { Session } from '../session/port.ts';
import { createSession } from '../session/session.ts';
import { report } from './report.ts';

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const codes = ({ notices }: Session) => notices.shown.value.map(({ topic, code }) => [topic, code]);
const failWith = (code: 'ABORTED' | 'NOT_AN_IMAGE') => () => Promise.reject(new NadirError(code, code));

it('shows a refused question until a later one is asked', async () => {
  const session = createSession(fakeWorkers());
  await session.model.load('wasm');
  await session.opening.openFile(new File(['x'], 'a.tif'));
  const ask = (input: AskInput) => report(session.notices, 'ask', () => session.asking.ask(input));
  expect(await ask({ task: 'find', label: 'unicorn' })).toBeUndefined();
  expect(codes(session)).toEqual([['ask', 'LABEL_UNKNOWN']]);
  expect(await ask({ task: 'find', label: 'car' })).toMatchObject({ status: 'done' });
  expect(codes(session)).toEqual([]);
});

it('keeps one notice of each failure, and none of a stop', async () => {
  const session = createSession(fakeWorkers());
  const open = (code: 'ABORTED' | 'NOT_AN_IMAGE') => report(session.notices, 'open-image', failWith(code), ['a.tif']);
  await open('NOT_AN_IMAGE');
  await report(session.notices, 'export', failWith('NOT_AN_IMAGE'));
  await open('NOT_AN_IMAGE');
  expect(codes(session)).toEqual([
    ['export', 'NOT_AN_IMAGE'],
    ['open-image', 'NOT_AN_IMAGE'],
  ]);
  await open('ABORTED');
  expect(codes(session)).toEqual([['export', 'NOT_AN_IMAGE']]);
});

it('shows what is thrown at once, too', async () => {
  const session = createSession(fakeWorkers());
  const refuse = () => {
    throw new NadirError('BAND_MISSING', 'There is no band 4.');
  };
  await report(session.notices, 'change-display', refuse);
  expect(session.notices.shown.value).toMatchObject([
    { title: 'The display could not be changed', code: 'BAND_MISSING' },
  ]);
});
