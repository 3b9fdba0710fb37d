import { describe, expect, it, vi } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import type { RasterApi } from '../../workers/raster/api.ts';
import { sceneInfo } from '../fakes.ts';
import { firstStretch, forgetScene } from './raster-calls.ts';

const host = (given: Partial<RasterApi>) => ({ api: given as RasterApi });

describe('forgetScene', () => {
  it('never rejects, neither when the worker is dead nor when it can’t be started', async () => {
    const dead = vi.fn(async () => Promise.reject(new NadirError('WORKER_CRASHED', 'gone')));
    await forgetScene(host({ close: dead }), 'scene-1');
    expect(dead).toHaveBeenCalledWith('scene-1');
    const unstartable = {
      get api(): RasterApi {
        throw new NadirError('WORKER_CRASHED', 'too often');
      },
    };
    await expect(forgetScene(unstartable, 'scene-1')).resolves.toBeUndefined();
  });
});

describe('firstStretch', () => {
  it('follows what the file asks for, else cuts two percent off both ends', async () => {
    const computeStretch = vi.fn() as unknown as RasterApi['computeStretch'];
    await firstStretch(host({ computeStretch }), sceneInfo({ id: 'a' }));
    await firstStretch(
      host({ computeStretch }),
      sceneInfo({ id: 'b', defaultStretch: { method: 'minmax', low: 0, high: 100 } }),
    );
    expect(vi.mocked(computeStretch).mock.calls).toEqual([
      ['a', 'percentile', 2, 98],
      ['b', 'minmax', 0, 100],
    ]);
  });
});
