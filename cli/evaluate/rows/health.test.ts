import { describe, expect, it } from 'vitest';
import { answeredWith, found } from '../fakes.ts';
import type { Truth } from '../question.ts';
import { quadOfEdges } from '../scores/boxes.ts';
import { healthRows, isLooping, isUnparsable, timeRows } from './health.ts';

const scene: Truth = { kind: 'scene', scene: 'beach' };
const boxes: Truth = { kind: 'boxes', label: 'car', boxes: [] };

describe('unparsable answers', () => {
  it('are recognised by task', () => {
    const unparsable = (truth: Truth, text: string) => isUnparsable(answeredWith(truth, { text }));
    expect(unparsable(scene, 'This is a river.')).toBe(false);
    expect(unparsable(scene, 'Hello.')).toBe(true);
    expect(unparsable({ kind: 'presence', label: 'a', present: true, scene: null, derived: false }, 'Maybe.')).toBe(
      true,
    );
    expect(unparsable({ kind: 'quality', defect: null }, 'Nothing is wrong with this image.')).toBe(false);
    expect(unparsable({ kind: 'change', changed: true, boxes: [] }, 'Nothing changed.')).toBe(false);
    expect(unparsable({ kind: 'count', label: 'car', count: 1 }, 'I can not count that.')).toBe(true);
    expect(unparsable(boxes, 'There are no cars.')).toBe(false);
    expect(unparsable(boxes, 'I can not box that.')).toBe(true);
  });

  it('include one with a box that could not be read', () => {
    const answer = { text: 'Cars: car 1', boxes: [found(quadOfEdges(0, 0, 1, 1))] };
    expect(isUnparsable(answeredWith(boxes, answer))).toBe(false);
    expect(isUnparsable(answeredWith(boxes, { ...answer, malformedBoxes: 1 }))).toBe(true);
  });

  it('loop when stopped for repetition or at the limit, in any tile', () => {
    expect(isLooping(answeredWith(scene, { stopReasons: ['end', 'repetition'] }))).toBe(true);
    expect(isLooping(answeredWith(scene, { stopReasons: ['max-tokens'] }))).toBe(true);
    expect(isLooping(answeredWith(scene, { stopReasons: ['end', 'stop-string'] }))).toBe(false);
  });

  it('are counted once, failures apart', () => {
    const rows = healthRows([
      answeredWith(scene, { text: 'Hello.', stopReasons: ['repetition'] }),
      answeredWith(scene, { text: 'This is a beach.' }),
      answeredWith(scene, { error: 'ABORTED: too slow' }),
    ]);
    expect(rows[0]).toMatchObject({ value: 0.5, n: 2, target: { must: 0.01 } });
    expect(rows[0]?.detail).toBe('1 unparsable, 1 looping (ask 1)');
    expect(rows.at(-1)).toMatchObject({ measure: 'questions that failed', value: 1, n: 3 });
  });
});

it('gives median and 90th percentile of the time by task', () => {
  const times = Array.from({ length: 10 }, (_, index) => answeredWith(scene, { answerMs: (index + 1) * 100 }));
  expect(timeRows(times)).toHaveLength(1);
  expect(timeRows(times)[0]).toMatchObject({ value: 500, n: 10, unit: 'ms', detail: '90 % within 900 ms' });
});
