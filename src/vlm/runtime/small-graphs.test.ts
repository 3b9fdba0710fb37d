import { expect, it } from 'vitest';
import { connectorFeeds } from './small-graphs.ts';

it('feeds the connector with the tower’s outputs that it reads, by name', () => {
  const seen = { tokens: 1, fine: 2, deep: 3 };
  expect(connectorFeeds({ inputNames: ['deep', 'tokens'] }, seen, (n) => n * 10)).toEqual({ deep: 30, tokens: 10 });
});

it('names an input that the tower doesn’t give', () => {
  const feeds = () => connectorFeeds({ inputNames: ['tokens', 'finer'] }, { tokens: 1, fine: 2 }, (n) => n);
  expect(feeds).toThrow(
    expect.objectContaining({
      code: 'MODEL_MANIFEST_INVALID',
      message: expect.stringContaining('reads "finer", which its vision tower doesn\'t give: it gives tokens, fine'),
    }),
  );
});
