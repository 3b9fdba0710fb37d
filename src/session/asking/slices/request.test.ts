import { describe, expect, it } from 'vitest';
import type { TaskId } from '../../../tasks/table.ts';
import { TEST_MODEL, texture } from '../../fakes.ts';
import { requestFor } from './request.ts';

const tile = {
  width: 256,
  height: 256,
  bands: ['red', 'green', 'blue'],
  validFraction: 1,
  valid: null,
  data: texture(256, 256, 3),
};
const region = { x: 0, y: 0, width: 512, height: 256 };
const options = { maxNewTokens: 8, temperature: 0, topP: 1, seed: 1, stop: [] };
const answer = {
  task: 'describe' as TaskId,
  asked: { text: '', language: 'en' as const },
  prompt: 'Describe this image.',
  region,
  model: TEST_MODEL,
  progress: { done: 0, total: 3, elapsedMs: 0 },
};
const about = (changes: Partial<typeof answer>, window = region, before: typeof tile | null = null) =>
  requestFor({ answer: { ...answer, ...changes }, label: null, options }, window, { tile, before });

describe('a view', () => {
  it('is all of the region, all of it beside its slices, or a slice', () => {
    const role = (...args: Parameters<typeof about>) => about(...args).views[0].role;
    expect(role({ progress: { ...answer.progress, total: 1 } })).toBe('view');
    expect(role({}, { x: 0, y: -128, width: 512, height: 512 })).toBe('overview');
    expect(role({}, { x: 0, y: 0, width: 256, height: 256 })).toBe('slice');
  });

  it('is earlier or later in a question about change', () => {
    expect(about({ task: 'change' }, region, tile).views.map(({ role }) => role)).toEqual(['before', 'after']);
  });
});

describe('an answer that an earlier version kept', () => {
  it('is asked again in the words that the model got', () => {
    const { asked: _, ...kept } = { ...answer, prompt: '描述这张图像。' };
    const { intent } = requestFor({ answer: kept, label: null, options }, region, { tile, before: null });
    expect(intent).toMatchObject({ task: 'describe', text: '描述这张图像。', language: 'zh' });
  });
});
