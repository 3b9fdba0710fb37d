import { describe, expect, it } from 'vitest';
import type { Manifest } from '../manifest/manifest.ts';
import { connectorFeeds, evidenceOf } from './small-graphs.ts';

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

describe('the connector’s outputs', () => {
  const grid = { stride: 4, grid: [2, 3] };
  const named = (...names: string[]) => names.map((name) => ({ name }));
  const manifest = {
    connector: { neck: { stride: 8, grid: [1, 2] } },
    detector: { ...grid, classes: named('car', 'ship') },
    scenes: { labels: named('beach', 'river', 'pasture') },
    presence: null,
    quality: null,
    density: null,
    cover: { ...grid, labels: named('water', 'trees') },
  } as unknown as Manifest;
  const floats = (count: number) => ({ data: new Float32Array(count) });
  const outputs = { heat: floats(12), geom: floats(36), neck: floats(8), scene: floats(3), cover: floats(12) };
  const read = (changes: object) =>
    evidenceOf(manifest, { ...outputs, ...changes } as unknown as Parameters<typeof evidenceOf>[1]);

  it('are read as the manifest describes them, without heads that it doesn’t have', () => {
    const evidence = read({ quality: floats(7) });
    expect(evidence).toMatchObject({ quality: null, density: null });
    expect([evidence.heat, evidence.cover, evidence.neck].map((values) => values?.length)).toEqual([12, 12, 8]);
  });

  it('are refused if a head is missing or has another size, as with a class left out', () => {
    const refused = (key: string, message: string) =>
      expect.objectContaining({
        code: 'MODEL_MANIFEST_INVALID',
        details: { key },
        message: expect.stringContaining(message),
      });
    expect(() => read({ cover: undefined })).toThrow(refused('cover', 'gives no values of "cover"'));
    expect(() => read({ heat: floats(18) })).toThrow(
      refused('heat', 'gives 18 values of "heat", and its nadir.json describes 12'),
    );
  });
});
