import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { openNodeOrt, readEmbeddedFiles } from '../testing/node-model.ts';
import { QuestionReader } from './reader.ts';
import { sentenceHeads } from './reader-spec.ts';

interface Golden {
  q: string;
  lang: 'en' | 'zh';
  ids: number[];
  feats: number[];
  logits: Record<string, number[] | number[][]>;
  plan: { intent: string; subjects: string[]; where: string | null; order: string | null; quantity: string | null };
}

/** PyTorch's outputs, in f32, for questions from templates that it wasn't trained on (training/export/reading.py). */
const goldens = JSON.parse(
  readFileSync(new URL('../../../e2e/fixtures/goldens/questions.json', import.meta.url), 'utf8'),
) as Golden[];
const reader = new QuestionReader(await openNodeOrt(), await readEmbeddedFiles());
afterAll(() => reader.dispose());

describe('QuestionReader', () => {
  it('has goldens of both languages', () => {
    expect(goldens.filter(({ lang }) => lang === 'en').length).toBeGreaterThan(15);
    expect(goldens.filter(({ lang }) => lang === 'zh').length).toBeGreaterThan(15);
  });

  it.each(goldens)('reads "$q" as PyTorch does', async ({ q, ids, feats, logits, plan }) => {
    const text = reader.textOf(q);
    expect(text.ids).toEqual(ids);
    expect(text.feats).toEqual(feats);
    const found = await reader.logits(text);
    for (const head of [...sentenceHeads.filter((head) => head !== 'thing'), 'tags'] as const) {
      const expected = (logits[head] as number[][]).flat();
      const worst = Math.max(...expected.map((value, i) => Math.abs(value - found[head][i]!)));
      // The tolerance allows for 8-bit weights against f32 weights.
      expect(worst, head).toBeLessThanOrEqual(0.3);
    }
    const read = await reader.read(q);
    // The host, not the network, makes an order's words refer to the screen (reading.ts).
    const order = read.order?.replace('leftmost', 'westernmost').replace('rightmost', 'easternmost');
    const ground = order?.replace('topmost', 'northernmost').replace('bottommost', 'southernmost') ?? null;
    const { intent, subjects, where, quantity } = read;
    expect({ intent, subjects, where, order: ground, quantity }).toEqual(plan);
  });

  it('reads an empty question and a very long one', async () => {
    expect((await reader.read('')).certainty).toBeLessThanOrEqual(1);
    expect((await reader.read('How many cars are there? '.repeat(200))).intent).toBe('count');
    expect((await reader.read('有多少辆车？'.repeat(100))).language).toBe('zh');
  });
});
