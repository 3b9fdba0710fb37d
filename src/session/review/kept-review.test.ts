import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import type { AskResult } from '../../vlm/types.ts';
import { carsResult, exportedGeoJson, type FakeBehaviour, fakeWorkers } from '../fakes.ts';
import { createSession } from '../session.ts';

/** A run, a retry and a repeated question leave reviewed objects as they were reviewed. */

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** Two tiles, 256 pixels wide, at columns 0 and 192. */
const WIDE = { width: 448, height: 256 };
const find = { task: 'find', label: 'car', slicing: 'tiles' } as const;

async function opened(behaviour: FakeBehaviour) {
  const session = createSession(fakeWorkers({ info: WIDE, ...behaviour }));
  await session.model.load('wasm');
  await session.opening.openFile(new File(['x'], 'scene.tif'));
  return session;
}

/** One car of `w` × 10 pixels around column `cx` of the scene, as the tile at column `x` sees it. */
function carAt(cx: number, x: number, w = 10): AskResult {
  const result = carsResult(1);
  const [car] = result.things;
  return { ...result, things: [{ ...car!, box: { cx: cx - x, cy: 40, w, h: 10, thetaDeg: 0 } }] };
}

const review = ({ review: { objects } }: Awaited<ReturnType<typeof opened>>) =>
  objects.value.map(({ state, number, box }) => [state, number, box.cx, box.w]);

describe('a reviewed object', () => {
  it.each([
    ['another box', (x: number) => carAt(256, x, 40)],
    ['nothing', () => carsResult(0)],
  ])('keeps state and box while its answer runs and the next tile shows %s', async (_, second) => {
    const session = await opened({
      answer: async ({ views: [{ window }] }) => {
        // A car that the first tile's edge at column 256 cuts. It is on the screen when the second tile is asked about.
        if (window.x === 0) return carAt(246, 0, 20);
        const [car] = session.review.objects.value;
        session.review.setState(car!.id, 'accepted');
        return second(window.x);
      },
    });
    const answer = await session.asking.ask(find);
    expect(answer).toMatchObject({ status: 'done', progress: { done: 2 } });
    expect(review(session)).toEqual([['accepted', 1, 246, 20]]);
    session.history.undo();
    expect(review(session)).toEqual([['proposed', 1, 246, 20]]);
  });

  it('keeps state and box through a retry, also in the export', async () => {
    let isBroken = true;
    const session = await opened({
      answer: async ({ views: [{ window }] }) => {
        if (window.x === 0) return carAt(220, 0);
        if (isBroken) throw new NadirError('OUT_OF_MEMORY', 'Too little memory.');
        return carAt(222, window.x, 14);
      },
    });
    const answer = await session.asking.ask(find);
    session.review.setState(session.review.objects.value[0]!.id, 'accepted');
    isBroken = false;
    expect((await session.asking.retryFailed(answer.id)).failedTiles).toEqual([]);
    expect(review(session)).toEqual([['accepted', 1, 220, 10]]);
    const { features } = await exportedGeoJson(session);
    expect(features[0].properties.pixelCorners[0]).toEqual([215, 35]);
  });

  it('keeps state and box when the question is asked again and its answer replaced', async () => {
    let cx = 220;
    const session = await opened({ answer: async ({ views: [{ window }] }) => carAt(cx, window.x) });
    const first = await session.asking.ask(find);
    session.review.setState(session.review.objects.value[0]!.id, 'rejected');
    cx = 222;
    const second = await session.asking.ask(find);
    expect(session.asking.answers.value.map(({ id }) => id)).toEqual([second.id]);
    expect(second.id).not.toBe(first.id);
    expect(review(session)).toEqual([['rejected', 1, 220, 10]]);
    // What the new answer saw is recorded beside it.
    expect(session.review.objects.value[0]?.sightings).toMatchObject([{ answerId: second.id, box: { cx: 222 } }]);
  });

  it('is neither dropped by an answer that no longer sees it nor doubled by a later one', async () => {
    let cars: (x: number) => AskResult = (x) => carAt(100, x);
    const session = await opened({ answer: async ({ views: [{ window }] }) => cars(window.x) });
    await session.asking.ask(find);
    session.review.setState(session.review.objects.value[0]!.id, 'accepted');
    cars = () => carsResult(0);
    await session.asking.ask(find);
    expect(review(session)).toEqual([['accepted', 1, 100, 10]]);
    cars = (x) => carAt(101, x);
    await session.asking.ask(find);
    expect(review(session)).toEqual([['accepted', 1, 100, 10]]);
  });
});
