import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PixelWindow, RotatedBox } from '../../geo/types.ts';
import type { SceneObject } from '../document.ts';
import { carsResult, exportedGeoJson, type FakeBehaviour, fakeWorkers, TEST_ADAPTER } from '../fakes.ts';
import { upgraded } from '../keeping/upgrade-saved.ts';
import type { Session } from '../port.ts';
import { createSession } from '../session.ts';
import { asSeenBy, joinSightings, withoutAnswer } from './objects.ts';

/** One object on the ground, however many answers point at it. */

const TILE: PixelWindow = { x: 0, y: 0, width: 256, height: 256 };
const NEXT: PixelWindow = { x: 192, y: 0, width: 256, height: 256 };
let count = 0;

/** A box of 40 × 20 pixels at 30 degrees unless said otherwise. */
function seen(
  cx: number,
  change: Partial<RotatedBox> & { label?: string; tile?: PixelWindow; score?: number | null } = {},
) {
  const { label = 'airplane', tile = TILE, score = 0.5, ...shape } = change;
  const box = { cx, cy: 100, w: 40, h: 20, thetaDeg: 30, ...shape };
  count += 1;
  return { id: `d${count}`, label, box, score, rings: null, tile };
}

const named = (objects: readonly SceneObject[]) =>
  objects.map(
    ({ label, number, sightings }) => `${label} ${number}: ${sightings.map((each) => each.answerId).join(' ')}`,
  );

describe('joining detections to objects', () => {
  it('makes one object if label and place agree, and two if either differs', () => {
    const { objects: first } = joinSightings([], [seen(60), seen(120)], 'a');
    const { objects } = joinSightings(first, [seen(121), seen(60, { label: 'car' }), seen(200)], 'b');
    expect(named(objects)).toEqual(['airplane 1: a', 'airplane 2: a b', 'car 1: b', 'airplane 3: b']);
  });

  it('separates boxes of which only the hulls overlap', () => {
    const { objects: first } = joinSightings([], [seen(100, { w: 80, h: 8, thetaDeg: 45 })], 'a');
    const { objects } = joinSightings(first, [seen(100, { w: 80, h: 8, thetaDeg: 135 })], 'b');
    expect(objects).toHaveLength(2);
  });

  it('matches one to one, the best overlap first', () => {
    const { objects: first } = joinSightings([], [seen(100)], 'a');
    const near = seen(104);
    const same = seen(100);
    const { objects, objectOf } = joinSightings(first, [near, same], 'b');
    expect(objects).toHaveLength(2);
    expect(objectOf.get(same.id)?.id).toBe(first[0]?.id);
  });

  it('gives the same result for the same detections, and drops objects that are no longer detected', () => {
    const detections = [seen(60), seen(120)];
    const once = joinSightings([], detections, 'a').objects;
    expect(joinSightings(once, detections, 'a').objects).toEqual(once);
    expect(named(joinSightings(once, detections.slice(1), 'a').objects)).toEqual(['airplane 1: a']);
  });

  it('finds a piece cut by a region’s edge in the whole, and shows the whole', () => {
    // The first tile ends at 256 and sees 236–256 of an airplane that reaches to 276.
    const { objects: first } = joinSightings([], [seen(246, { w: 20, thetaDeg: 0 })], 'a');
    const { objects } = joinSightings(first, [seen(256, { thetaDeg: 0, tile: NEXT })], 'b');
    expect(named(objects)).toEqual(['airplane 1: a b']);
    expect(objects[0]).toMatchObject({ answerId: 'b', box: { cx: 256, w: 40 } });
  });

  it('keeps the box that a person has reviewed', () => {
    const { objects: first } = joinSightings([], [seen(246, { w: 20, thetaDeg: 0 })], 'a');
    const accepted = first.map((object) => ({ ...object, state: 'accepted' as const }));
    const { objects } = joinSightings(accepted, [seen(256, { thetaDeg: 0, tile: NEXT })], 'b');
    expect(objects[0]).toMatchObject({ state: 'accepted', answerId: 'a', box: { cx: 246 } });
  });

  it('prefers the box of a find to the drawn region of an identify', () => {
    const { objects: first } = joinSightings([], [seen(100, { w: 60, h: 60, thetaDeg: 0, score: null })], 'identify');
    const { objects } = joinSightings(first, [seen(100)], 'find');
    expect(named(objects)).toEqual(['airplane 1: identify find']);
    expect(objects[0]?.answerId).toBe('find');
  });

  it('adds a mask to the object, and takes it away with its answer', () => {
    const ring = [
      [80, 90],
      [120, 90],
      [100, 110],
    ] as const;
    const { objects: first } = joinSightings([], [seen(100)], 'find');
    const { objects } = joinSightings(first, [{ ...seen(100), rings: [ring] }], 'segment');
    expect(objects).toHaveLength(1);
    expect(objects[0]).toMatchObject({ answerId: 'find', rings: [ring] });
    expect(asSeenBy(objects[0]!, new Set(['find']))?.rings).toBeNull();
    expect(withoutAnswer(objects, 'segment')[0]?.rings).toBeNull();
    expect(withoutAnswer(objects, 'find')[0]).toMatchObject({ answerId: 'segment', rings: [ring] });
    expect(withoutAnswer(withoutAnswer(objects, 'find'), 'segment')).toEqual([]);
  });

  it('gives each object a number and an id of its own', () => {
    const { objects: first } = joinSightings([], [seen(60), seen(120), seen(180)], 'a');
    const later = joinSightings(first, [seen(120), seen(30)], 'b').objects;
    const left = withoutAnswer(later, 'a');
    expect(named(left)).toEqual(['airplane 2: b', 'airplane 4: b']);
    const { objects } = joinSightings(left, [seen(60), { ...seen(180), id: left[0]!.id }], 'c');
    expect(named(objects)).toEqual(['airplane 2: b', 'airplane 4: b', 'airplane 1: c', 'airplane 3: c']);
    expect(new Set(objects.map(({ id }) => id)).size).toBe(4);
  });

  it('joins thousands of objects', () => {
    const field = () =>
      Array.from({ length: 10_000 }, (_, i) => seen(60 * (i % 100), { cy: 60 * Math.floor(i / 100) }));
    const { objects: first } = joinSightings([], field(), 'a');
    const before = process.cpuUsage();
    const { objects } = joinSightings(first, field(), 'b');
    expect(objects).toHaveLength(10_000);
    // Processor time, which other programs don't lengthen.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(5000);
  });
});

async function opened(behaviour: FakeBehaviour = {}): Promise<Session> {
  const session = createSession(fakeWorkers(behaviour));
  await session.model.load('wasm');
  await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
  return session;
}
const find = { task: 'find', label: 'car' } as const;
const features = async (session: Session, ids?: string[]) => (await exportedGeoJson(session, ids)).features;

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('questions', () => {
  it('that are repeated replace their earlier answer; no object is doubled or exported twice', async () => {
    const session = await opened({ answer: async () => carsResult(3) });
    await session.asking.ask(find);
    const [first] = session.review.objects.value;
    session.review.setState(first!.id, 'accepted');
    for (let again = 0; again < 3; again++) await session.asking.ask(find);
    expect(session.asking.answers.value).toHaveLength(1);
    expect(session.review.objects.value.map(({ number, state }) => [number, state])).toEqual([
      [1, 'accepted'],
      [2, 'proposed'],
      [3, 'proposed'],
    ]);
    expect(session.asking.answers.value[0]?.runs.flatMap(({ objectIds }) => objectIds)).toEqual(
      session.review.objects.value.map(({ id }) => id),
    );
    expect(await features(session)).toHaveLength(3);
  });

  it('of other tasks and regions point at the same objects', async () => {
    const session = await opened({ answer: async () => carsResult(3) });
    await session.asking.ask(find);
    await session.asking.ask({ task: 'count', label: 'car' });
    await session.asking.ask({ ...find, task: 'segment' });
    await session.asking.ask({ task: 'describe' });
    expect([session.asking.answers.value.length, session.review.objects.value.length]).toEqual([4, 3]);
    const [feature, ...others] = await features(session);
    expect(others).toHaveLength(2);
    expect(feature.properties.answers.map(({ task }: { task: string }) => task)).toEqual([
      'find',
      'count',
      'segment',
      'describe',
    ]);
    const [counted] = await features(session, [session.asking.answers.value[1]!.id]);
    expect(counted.properties).toMatchObject({ task: 'count' });
  });

  it.each<[string, (session: Session) => unknown]>([
    ['another stretch', (session) => session.images.adjustStretch({ gamma: 2 })],
    ['other bands', (session) => session.images.setBands({ red: 2, green: 1, blue: 0, nir: null })],
    ['an adapter', (session) => session.adapter.attach([new File(['{}'], 'adapter_config.json')])],
  ])('under %s are different questions, but about the same objects', async (_, change) => {
    const session = await opened({ attach: async () => TEST_ADAPTER });
    await session.asking.ask(find);
    await change(session);
    await session.asking.ask(find);
    expect([session.asking.answers.value.length, session.review.objects.value.length]).toEqual([2, 2]);
  });

  it('that were stopped do not replace an earlier answer', async () => {
    let stops = false;
    const session = await opened({
      info: { width: 1984, height: 256 },
      answer: async () => {
        if (stops) session.asking.stop(session.asking.running.value ?? '');
        return carsResult(1);
      },
    });
    const input = { ...find, region: 'scene', slicing: 'tiles' } as const;
    await session.asking.ask(input);
    stops = true;
    const { id } = await session.asking.ask(input);
    expect(session.asking.answers.value.map(({ status }) => status)).toEqual(['done', 'stopped']);
    expect(session.review.objects.value).toHaveLength(10);
    session.review.removeAnswer(id);
    expect(session.review.objects.value).toHaveLength(10);
  });

  it('keep an earlier answer if only it points at a reviewed object', async () => {
    let cars = 3;
    const session = await opened({ answer: async () => carsResult(cars) });
    await session.asking.ask(find);
    session.review.setState(session.review.objects.value[2]!.id, 'rejected');
    cars = 2;
    await session.asking.ask(find);
    expect(session.asking.answers.value).toHaveLength(2);
    expect(session.review.objects.value.map(({ number, state }) => `${number} ${state}`).sort()).toEqual([
      '1 proposed',
      '2 proposed',
      '3 rejected',
    ]);
  });

  it('number their links like the objects', async () => {
    const spoken = () => {
      const result = carsResult(1, { text: 'I see car 1.', numbers: {} });
      return { ...result, things: result.things.map((each) => ({ ...each, span: { start: 6, end: 11 } })) };
    };
    const session = await opened({
      info: { width: 1000, height: 1000 },
      answer: async ({ intent }) => (intent.task === 'find' ? carsResult(2) : spoken()),
    });
    await session.asking.ask({ ...find, region: { x: 0, y: 0, width: 256, height: 256 } });
    const answer = await session.asking.ask({ task: 'describe', region: { x: 500, y: 500, width: 256, height: 256 } });
    expect(answer.text).toBe('I see car 3.');
    expect(session.review.objects.value[2]).toMatchObject({ number: 3, answerId: answer.id });
  });

  it('about other layers have objects of their own', async () => {
    const session = await opened();
    await session.asking.ask(find);
    await session.opening.addFiles([new File([new Uint8Array(4)], 'other.tif')]);
    await session.asking.ask(find);
    expect(session.asking.answers.value).toHaveLength(1);
    expect(session.review.objects.value.map(({ number }) => number)).toEqual([1, 2]);
  });
});

describe('an answer that is removed', () => {
  it('takes along only the objects that no other answer points at, and undo restores them', async () => {
    const session = await opened({ answer: async ({ intent }) => carsResult(intent.task === 'find' ? 3 : 2) });
    const { id } = await session.asking.ask(find);
    await session.asking.ask({ task: 'count', label: 'car' });
    session.review.setState(session.review.objects.value[2]!.id, 'accepted');
    const before = session.review.objects.value;
    session.review.removeAnswer(id);
    expect(session.review.objects.value.map(({ number, answerId }) => [number, answerId === id])).toEqual([
      [1, false],
      [2, false],
    ]);
    session.history.undo();
    expect(session.review.objects.value).toEqual(before);
  });

  it('is joined to objects found since when undo restores it', async () => {
    const session = await opened({ answer: async () => carsResult(2) });
    const { id } = await session.asking.ask(find);
    session.review.removeAnswer(id);
    await session.asking.ask({ task: 'count', label: 'car' });
    session.history.undo();
    expect(session.review.objects.value.map(({ sightings }) => sightings.length)).toEqual([2, 2]);
    const linked = session.asking.answers.value
      .find((answer) => answer.id === id)
      ?.runs.flatMap(({ objectIds }) => objectIds);
    expect(linked).toEqual(session.review.objects.value.map((object) => object.id));
  });
});

describe('a session of an earlier version', () => {
  it('is read with one object in place of several on top of each other', async () => {
    const session = await opened({ answer: async () => carsResult(2) });
    await session.asking.ask(find);
    await session.asking.ask({ task: 'count', label: 'car' });
    const answers = session.asking.answers.value;
    // As version 2 kept them: a copy for each answer.
    const objects = answers.flatMap(({ id }) =>
      session.review.objects.value.map(({ sightings: _sightings, ...object }) => ({
        ...object,
        id: `${id}:${object.number}`,
        answerId: id,
        state: id === answers[1]?.id && object.number === 2 ? 'rejected' : 'proposed',
      })),
    );
    const linked = answers.map((answer) => ({
      ...answer,
      runs: [
        { text: answer.text, objectIds: objects.filter(({ answerId }) => answerId === answer.id).map(({ id }) => id) },
      ],
    }));
    const record = upgraded({ version: 2, layers: [], activeLayer: null, answers: linked, objects });
    expect(record?.objects.map(({ number, state, sightings }) => [number, state, sightings.length])).toEqual([
      [1, 'proposed', 2],
      [2, 'rejected', 2],
    ]);
    const ids = record?.objects.map(({ id }) => id);
    expect(record?.answers.map(({ runs }) => runs[0]?.objectIds)).toEqual([ids, ids]);
  });
});
