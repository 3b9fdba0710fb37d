import { expect, it } from 'vitest';
import { densitySums, headScores } from './heads.ts';

const named = (...names: string[]) => names.map((name) => ({ name }));

it('ranks scenes, labels and defects, and leaves defects out for a model without them', () => {
  const manifest = {
    scenes: { labels: named('beach', 'river'), temperature: 1 },
    presence: { labels: named('sand') },
    quality: { labels: named('blur', 'noise') },
  };
  const scene = Float32Array.from([0.25, 0.75]);
  const presence = Float32Array.from([0.5]);
  expect(headScores(manifest, { scene, presence, quality: Float32Array.from([0.125, 0.5]) }, null)).toEqual({
    scene: [
      { label: 'river', probability: 0.75 },
      { label: 'beach', probability: 0.25 },
    ],
    presence: [{ label: 'sand', probability: 0.5 }],
    quality: [
      { label: 'noise', probability: 0.5 },
      { label: 'blur', probability: 0.125 },
    ],
  });
  expect(headScores(manifest, { scene, presence, quality: null }, null)).not.toHaveProperty('quality');
});

it('applies the manifest’s temperature to scenes', () => {
  const manifest = { scenes: { labels: named('beach', 'river'), temperature: 2 }, presence: null, quality: null };
  const evidence = { scene: Float32Array.from([0.1, 0.9]), presence: new Float32Array(0), quality: null };
  const [best] = headScores(manifest, evidence, null).scene!;
  // √0.9 / (√0.9 + √0.1)
  expect(best).toEqual({ label: 'river', probability: expect.closeTo(0.75, 6) });
});

it('gives the scenes of the picture’s scale alone', () => {
  const manifest = {
    scenes: {
      labels: named('beach', 'river', 'forest', 'river'),
      temperature: 1,
      scales: [
        { gsd: [0.05, 3] as [number, number], from: 0, to: 2 },
        { gsd: [5, 30] as [number, number], from: 2, to: 4 },
      ],
    },
    presence: null,
    quality: null,
  };
  const evidence = {
    scene: Float32Array.from([0.75, 0.25, 0.125, 0.875]),
    presence: new Float32Array(0),
    quality: null,
  };
  expect(headScores(manifest, evidence, 0.3).scene?.map(({ label }) => label)).toEqual(['beach', 'river']);
  expect(headScores(manifest, evidence, 10).scene).toEqual([
    { label: 'river', probability: 0.875 },
    { label: 'forest', probability: 0.125 },
  ]);
});

it('sums the density map class by class', () => {
  const classes = [
    { name: 'tree', plural: 'trees' },
    { name: 'person', plural: 'people' },
  ];
  const map = Float32Array.from([0.5, 1, 0.25, 0, 0, 2]);
  expect(densitySums({ density: { classes } }, { density: map })).toEqual([
    { label: 'tree', count: 0.75 },
    { label: 'person', count: 3 },
  ]);
  expect(densitySums({ density: null }, { density: null })).toEqual([]);
});
