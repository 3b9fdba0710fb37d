import { expect, it, vi } from 'vitest';
import type { Point, RotatedBox } from '../../geo/types.ts';
import type { LookRequest } from '../../vlm/types.ts';
import { type FakeBehaviour, fakeWorkers } from '../fakes.ts';
import { createSession } from '../session.ts';

vi.stubGlobal('fetch', async () => new Response('[]'));

async function opened(info: FakeBehaviour['info'], look: NonNullable<FakeBehaviour['look']>) {
  const session = createSession(fakeWorkers({ ...(info && { info }), look }));
  await session.model.load('wasm');
  await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
  return session;
}

const box = (x: number, y: number, side: number): RotatedBox => ({
  cx: x + side / 2,
  cy: y + side / 2,
  w: side,
  h: side,
  thetaDeg: 0,
});
const square = (x: number, y: number, side: number): Point[] => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
];

it('converts boxes to tile pixels, and masks and proposals back to source pixels', async () => {
  const requests: LookRequest[] = [];
  const session = await opened({ width: 512, height: 512 }, async (request) => {
    requests.push(request);
    return {
      masks: [[square(10, 20, 30)], null],
      proposals: [{ label: 'car', score: 0.5, box: box(16, 16, 8), rings: null }],
      scores: { scene: [{ label: 'airport', probability: 1 }] },
      densities: [{ label: 'tree', count: 12.5 }],
    };
  });
  const boxes = [
    { label: 'car', box: box(100, 200, 40) },
    { label: 'airplane', box: box(0, 0, 10) },
  ];
  const seen = await session.model.inspect({ boxes });
  // 512 source pixels in a tile of 256.
  expect(requests[0]?.view.window).toEqual({ x: 0, y: 0, width: 512, height: 512 });
  expect(requests[0]?.boxes[0]).toMatchObject({ label: 'car', box: { cx: 60, cy: 110, w: 20, h: 20, thetaDeg: 0 } });
  expect(seen.masks).toEqual([[square(20, 40, 60)], null]);
  expect(seen.proposals).toEqual([{ label: 'car', score: 0.5, box: box(32, 32, 16), rings: null }]);
  expect(seen.densities).toEqual([{ label: 'tree', count: 12.5 }]);
});

it('needs an open image', async () => {
  const session = await opened({}, async () => {
    throw new Error('not reached');
  });
  await session.opening.closeAll();
  await expect(session.model.inspect({})).rejects.toMatchObject({ code: 'NO_IMAGE' });
});
