import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import type { LookRequest } from '../../vlm/types.ts';
import { exportedGeoJson, type FakeBehaviour, LOADED } from '../fakes.ts';
import { CARS, opened, plan, seenIn, WIDE } from './testing.ts';

/** Answers that are computed from a plan, on evidence gathered tile by tile. */

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a plan', () => {
  it('counts one object once across tiles, without the language model', async () => {
    const { session, ask } = await opened({
      answer: async () => {
        throw new Error('The language model is not needed.');
      },
    });
    const answer = await ask({});
    expect(answer).toMatchObject({ status: 'done', counts: { merged: 3 }, coverage: { total: 2, answered: 2 } });
    expect(answer.text).toMatch(/\b3 cars\b/);
    expect(answer.result).toMatchObject({ kind: 'count', rows: [{ subject: 'car', count: 3 }] });
    expect(session.review.objects.value.map(({ label, number }) => `${label} ${number}`)).toEqual([
      'car 1',
      'car 2',
      'car 3',
    ]);
    const linked = answer.runs.find(({ objectIds }) => objectIds.length > 0);
    expect(linked?.objectIds).toEqual(session.review.objects.value.map(({ id }) => id));
  });

  it('uses evidence again: the next question and a changed plan look at nothing', async () => {
    const { session, looks, ask } = await opened();
    const first = await ask({});
    expect(looks).toHaveLength(2);
    const second = await ask({ intent: 'extreme', order: 'westernmost' });
    expect(looks).toHaveLength(2);
    expect(second.result).toMatchObject({ kind: 'extreme', picks: [{ subject: 'car' }] });
    const changed = await session.asking.runPlan(first.id, plan({ where: 'left half' }));
    expect(looks).toHaveLength(2);
    expect(changed).toMatchObject({ id: first.id, plan: { where: 'left half' }, counts: { merged: 2 } });
    expect(changed.text).toMatch(/2 cars/);
  });

  it('looks again for outlines where sizes are asked for, and measures those', async () => {
    const { looks, ask } = await opened();
    await ask({});
    const { result } = await ask({ intent: 'measure', quantity: 'total area' });
    expect(looks.slice(2).map(({ outline }) => outline)).toEqual([['car'], ['car']]);
    // Σ 2·(10 + cx/40)·10 over the three cars, in pixels since the image has no place.
    const area = CARS.reduce((sum, cx) => sum + 20 * (10 + cx / 40), 0);
    expect(result).toMatchObject({ kind: 'measure', amount: { unit: 'px2', value: expect.closeTo(area, 3) } });
  });

  it('leaves rejected objects out and says what it counts without boxes', async () => {
    const { session, ask } = await opened();
    await ask({});
    session.review.setState(session.review.objects.value[0]!.id, 'rejected');
    const again = await ask({ intent: 'exists' });
    expect(again.result).toMatchObject({ kind: 'exists', rows: [{ count: { count: 2 } }] });
    const trees = await ask({ subjects: ['tree'] });
    // The second tile shows 192 of its 256 columns for the first time.
    expect(trees.result).toMatchObject({ kind: 'count', rows: [{ subject: 'tree', count: 21, isEstimate: true }] });
  });

  it('says that it does not know a subject, and looks at nothing', async () => {
    const { looks, ask } = await opened();
    const answer = await ask({ intent: 'exists', subjects: ['other:elephant'], language: 'en' });
    expect(looks).toHaveLength(0);
    expect(answer.status).toBe('done');
    expect(answer.result).toMatchObject({ kind: 'cannot', reason: 'unknown-subject' });
    expect(answer.text).toMatch(/elephant/);
    expect(answer.text).not.toMatch(/^Yes|^No,/);
  });

  it('answers in the language of the question', async () => {
    const { ask } = await opened();
    expect((await ask({ language: 'zh' })).text).toMatch(/3 ?辆汽车/);
  });

  it('says which tiles failed, and looks again only at those', async () => {
    let broken = true;
    let looked = 0;
    const { session, ask } = await opened({
      look: async (request) => {
        looked += 1;
        if (broken && request.view.window.x > 0) throw new NadirError('OUT_OF_MEMORY', 'Too little memory.');
        return seenIn(request);
      },
    });
    const answer = await ask({});
    expect(answer).toMatchObject({ status: 'done', coverage: { failed: 1 }, counts: { merged: 2 } });
    expect(answer.text).toMatch(/failed/);
    broken = false;
    looked = 0;
    const again = await session.asking.retryFailed(answer.id);
    expect(looked).toBe(1);
    expect(again).toMatchObject({ id: answer.id, counts: { merged: 3 }, failedTiles: [] });
    expect(again.text).not.toMatch(/failed/);
  });

  it('says how much it rests on when it is stopped', async () => {
    const { session, ask } = await opened({
      look: async (request) => {
        session.asking.stop(session.asking.running.value ?? '');
        return seenIn(request);
      },
    });
    const answer = await ask({});
    expect(answer).toMatchObject({ status: 'stopped', coverage: { total: 2, answered: 1 } });
    expect(answer.result?.leftOut).toMatchObject({ waitingTiles: 1 });
  });

  it('says yes or no of one scene, and knows scenes as things that are there', async () => {
    const { ask } = await opened();
    const airport = await ask({ intent: 'classify', subjects: ['other:airport'] });
    expect(airport.text).toMatch(/^Yes, this looks like an airport \(90 % certain\)/);
    const base = await ask({ intent: 'classify', subjects: ['other:military base'] });
    expect(base.text).toMatch(/kind of scene that I know.*most like airport/);
    const there = await ask({ intent: 'exists', subjects: ['other:airport'] });
    expect(there.result).toMatchObject({ kind: 'exists', rows: [{ verdict: 'yes', by: 'presence' }] });
  });

  it('does not deny what imagery is too coarse to show', async () => {
    const { ask } = await opened({
      info: { ...WIDE, gsdMetres: { x: 2, y: 2 } },
      look: async () => ({ masks: [], proposals: [], scores: {}, densities: [] }),
    });
    for (const intent of ['exists', 'count', 'find'] as const) {
      expect((await ask({ intent })).text).toMatch(/^Whether there are cars can't be judged at this scale/);
    }
  });

  it('claims nothing of imagery far too coarse, and looks at none of it', async () => {
    const { session, looks, ask } = await opened({ info: { ...WIDE, gsdMetres: { x: 300, y: 300 } } });
    expect((await ask({})).text).toMatch(/^Whether there are cars can't be judged at this scale: a pixel covers 300 m/);
    expect((await ask({ intent: 'describe', subjects: [], language: 'zh' })).text).toMatch(/^在此尺度下无法判断/);
    expect(looks).toEqual([]);
    expect(session.review.objects.value).toEqual([]);
    // What needs no pixels is answered as ever.
    expect((await ask({ intent: 'help', subjects: [] })).text).toMatch(/I find, count/);
  });

  describe('of imagery of which the model knows scenes alone', () => {
    const scenes = ['airport', 'forest', 'pasture'];
    const model = {
      ...LOADED.model,
      looks: true,
      reader: { leastCertainty: 0.5 },
      presence: ['pavement'],
      scenes,
      scenesZh: ['机场', '森林', '牧场'],
      sceneScales: [
        { labels: ['airport'], gsdMetres: { min: 0.05, max: 3 } },
        { labels: ['forest', 'pasture'], gsdMetres: { min: 5, max: 30 } },
      ],
      cover: null,
    };
    const at = (metres: number) =>
      opened({
        info: { ...WIDE, gsdMetres: { x: metres, y: metres } },
        load: async () => ({ ...LOADED, model }),
        look: async (request) => ({
          ...seenIn(request),
          scores: {
            scene: [
              { label: 'pasture', probability: 0.7 },
              { label: 'forest', probability: 0.3 },
            ],
          },
        }),
      });

    it('tells the kind of scene, and nothing of things', async () => {
      const { session, looks, ask } = await at(10);
      expect((await ask({ intent: 'classify', subjects: [] })).text).toMatch(/^Mostly pasture/);
      expect((await ask({ intent: 'describe', subjects: [], language: 'zh' })).text).toMatch(/牧场/);
      expect(looks.every(({ view }) => view.gsdMetres === 10)).toBe(true);
      for (const intent of ['count', 'exists', 'find', 'measure'] as const) {
        const { text } = await ask({ intent });
        expect(text).toBe(
          "Whether there are cars can't be judged at this scale: a pixel covers 10 m, and Test is made for 0.05 to 1 m.",
        );
      }
      expect((await ask({ intent: 'count', language: 'zh' })).text).toBe(
        '在此尺度下无法判断有没有汽车：一个像素为 10 米，而 Test 只了解 0.05 到 1 米的影像。',
      );
      expect(session.review.objects.value).toEqual([]);
    });

    it('answers what it can of several things, and says what it can’t judge', async () => {
      const { ask } = await at(10);
      const { text } = await ask({ intent: 'exists', subjects: ['car', 'forest'] });
      expect(text).toMatch(/forest/);
      expect(text).toMatch(/Whether there are cars can't be judged at this scale/);
      expect((await ask({ intent: 'compare', subjects: ['car', 'forest'] })).text).toMatch(
        /^Whether there are cars can't/,
      );
    });

    it('takes a scene as evidence for what it shows, not against what it may show', async () => {
      const seen = (label: string, other: string) => async (request: LookRequest) => ({
        ...seenIn(request),
        scores: {
          scene: [
            { label, probability: 0.9 },
            { label: other, probability: 0.1 },
          ],
        },
      });
      const trees = { ...model, presence: ['trees', 'pavement'] };
      const of = (look: FakeBehaviour['look']) =>
        opened({
          info: { ...WIDE, gsdMetres: { x: 10, y: 10 } },
          load: async () => ({ ...LOADED, model: trees }),
          ...(look && { look }),
        });
      const forest = await of(seen('forest', 'pasture'));
      expect((await forest.ask({ intent: 'exists', subjects: ['tree'] })).text).toMatch(/^Yes/);
      const pasture = await of(seen('pasture', 'forest'));
      expect((await pasture.ask({ intent: 'exists', subjects: ['tree'] })).text).toMatch(
        /^Whether there are trees can't be judged at this scale: .* 0.05 to 1 m\.$/,
      );
    });

    it('knows scenes at their own scales alone', async () => {
      const coarse = await at(10);
      expect((await coarse.ask({ intent: 'classify', subjects: ['other:airport'] })).text).toMatch(
        /^Whether there are airports can't be judged at this scale: a pixel covers 10 m, and Test is made for 0.05 to 3 m\.$/,
      );
      const fine = await at(0.3);
      expect((await fine.ask({ intent: 'exists', subjects: ['other:pasture'] })).text).toMatch(
        /can't be judged at this scale: a pixel covers 0.3 m, and Test is made for 5 to 30 m\.$/,
      );
    });

    it('says so where the imagery lies between what was learned', async () => {
      const { ask } = await at(3.9);
      expect((await ask({ intent: 'classify', subjects: [] })).text).toMatch(
        /A pixel covers 3.9 m, and Test is made for 0.05 to 3 m and 5 to 30 m: this is uncertain\.$/,
      );
      const far = await at(300);
      expect((await far.ask({ intent: 'classify', subjects: [] })).text).toMatch(
        /^That can't be judged at this scale: a pixel covers 300 m/,
      );
      expect(far.looks).toEqual([]);
    });
  });

  it('outlines what the question asks to segment', async () => {
    const { session, looks } = await opened();
    const input = { task: 'ask', plan: plan({ intent: 'find' }), region: 'scene', slicing: 'tiles' } as const;
    await session.asking.ask({ ...input, text: 'Segment the cars' });
    expect(looks.map(({ outline }) => outline)).toEqual([['car'], ['car']]);
    expect(session.review.objects.value.every(({ rings }) => rings !== null)).toBe(true);
  });

  it('is exported with its answer', async () => {
    const { session, ask } = await opened();
    const { id } = await ask({});
    const { nadir } = await exportedGeoJson(session, [id]);
    expect(nadir.answers[0]).toMatchObject({ plan: { intent: 'count', subjects: ['car'] }, result: { kind: 'count' } });
  });
});
