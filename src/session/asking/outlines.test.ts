import { expect, it } from 'vitest';
import { wantsOutlines } from './outlines.ts';

it.each(['Segment the roofs', 'outline all tanks', '分割建筑物', 'give me the footprints'])(
  'asks for outlines: %s',
  (text) => {
    expect(wantsOutlines({ task: 'ask', question: text })).toBe(true);
  },
);
it.each(['Find the roofs', 'Where are the tanks?'])('asks for none: %s', (text) => {
  expect(wantsOutlines({ task: 'ask', question: text })).toBe(false);
});

it('asks for outlines by its task', () => {
  expect(wantsOutlines({ task: 'segment', question: '' })).toBe(true);
  expect(wantsOutlines({ task: 'find', question: '' })).toBe(false);
});
