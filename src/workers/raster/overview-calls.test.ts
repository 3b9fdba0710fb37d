import { expect, it } from 'vitest';
import type { OverviewStatus } from '../../imagery/overviews.ts';
import { overviewsOf } from '../../raster/read/pyramid.ts';
import type { RasterScene } from '../../raster/scene.ts';
import { overviewCalls } from './overview-calls.ts';

it('tells the current state and the later ones on one way, in order', async () => {
  const scene = {
    width: 4000,
    height: 4000,
    levels: [{ width: 4000, height: 4000, factorX: 1, factorY: 1, only: null }],
  } as unknown as RasterScene;
  const seen: OverviewStatus['state'][] = [];
  const returned: unknown = await overviewCalls(() => scene).overviews('scene', ({ state }) => seen.push(state));
  overviewsOf(scene).stop();
  expect(returned).toBeUndefined();
  expect(seen).toEqual(['waiting', 'stopped']);
});
