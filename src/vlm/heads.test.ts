import { expect, it } from 'vitest';
import { densitySums, headScores } from './heads.ts';

it('ranks scenes and defects, and leaves defects out of a model without them', () => {
  const manifest = { scenes: ['beach', 'river'], quality: ['blur', 'noise'] };
  const scene = Float32Array.from([0.25, 0.75]);
  expect(headScores(manifest, { scene, quality: Float32Array.from([0.125, 0.5]) })).toEqual({
    sceneScores: [
      { label: 'river', probability: 0.75 },
      { label: 'beach', probability: 0.25 },
    ],
    qualityScores: [
      { label: 'noise', probability: 0.5 },
      { label: 'blur', probability: 0.125 },
    ],
  });
  expect(headScores(manifest, { scene, quality: null }).qualityScores).toEqual([]);
});

it('sums the density map class by class', () => {
  const density = [
    { name: 'tree', plural: 'trees' },
    { name: 'person', plural: 'people' },
  ];
  const map = Float32Array.from([0.5, 1, 0.25, 0, 0, 2]);
  expect(densitySums({ density }, { density: map })).toEqual([
    { label: 'tree', count: 0.75 },
    { label: 'person', count: 3 },
  ]);
  expect(densitySums({ density: [] }, { density: null })).toEqual([]);
});
