import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { loadModelFiles } from '../files/model-files.ts';
import { VlmModel } from '../nadir/model.ts';
import type { Engine } from '../runtime/engine.ts';
import { createWasmEngine } from '../runtime/wasm-engine.ts';
import { openNodeOrt } from '../testing/node-model.ts';
import { createTokenizer } from '../text/tokenizer.ts';
import type { AskRequest } from '../types.ts';
import type { BoxSpan, Dialect } from './dialect.ts';
import { dialects } from './dialects.ts';

/** docs/add-a-dialect.md, followed with a toy: corners in percent of the tile, upright. This is its file … */
const percent = vi.hoisted(
  (): Dialect => ({
    id: 'toy-percent',
    facts: { scale: 100 },
    findBoxes: (text, tile) =>
      [...text.matchAll(/\[(\d+),(\d+),(\d+),(\d+)\]/g)].map((match): BoxSpan => {
        const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = match.slice(1).map((percents) => (Number(percents) / 100) * tile);
        const box = { cx: (x1 + x2) / 2, cy: (y1 + y2) / 2, w: x2 - x1, h: y2 - y1, thetaDeg: 0 };
        const isInside = x2 > x1 && y2 > y1 && x2 <= tile && y2 <= tile;
        return { start: match.index, end: match.index + match[0].length, box: isInside ? box : null };
      }),
    writeBox: ({ cx, cy, w, h }, tile) => {
      const percents = [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2].map((at) => Math.round((at / tile) * 100));
      return `[${percents.join(',')}]`;
    },
  }),
);
/** … and this its line in the table. */
vi.mock('./dialects.ts', async (original) => {
  const { dialects } = await original<typeof import('./dialects.ts')>();
  return { dialects: [...dialects, percent] };
});

const folder = new URL('../../../e2e/fixtures/tiny-converted/', import.meta.url);
/** The folder of a converted model, as it would be if its manifest had this dialect. */
const open = (dialect: object) =>
  loadModelFiles(
    folder.href,
    () => {},
    async (url) => {
      const bytes = await readFile(new URL(url));
      if (!url.endsWith('nadir.json')) return new Response(bytes);
      return new Response(JSON.stringify({ ...JSON.parse(bytes.toString('utf8')), dialect }));
    },
  );

const host = await openNodeOrt();
const engines: Engine[] = [];
afterAll(() => Promise.all(engines.map((engine) => engine.dispose())));

/** The model of that folder, made to write `text`: its tokens are single characters. */
async function modelThatWrites(text: string, dialect: object): Promise<VlmModel> {
  const files = await open(dialect);
  const tokenizer = createTokenizer(files);
  const engine = await createWasmEngine(host, files, () => {});
  engines.push(engine);
  const ids = [...text].map((char) => tokenizer.idOf(char === ' ' ? 'Ġ' : char));
  const left = [...ids, tokenizer.idOf('<|im_end|>')];
  const next = async () => {
    const logits = new Float32Array(files.manifest.llm.embed.shape[0]);
    logits[left.shift()!] = 1;
    return logits;
  };
  return new VlmModel(files, tokenizer, Object.assign(Object.create(engine) as Engine, { prefill: next, step: next }));
}

const request: AskRequest = {
  task: 'find',
  prompt: 'Find all cars.',
  label: 'car',
  region: null,
  slice: {
    tile: { width: 32, height: 32, hasNir: false, validFraction: 1, valid: null, data: new Float32Array(32 * 32 * 4) },
    window: { x: 0, y: 0, width: 32, height: 32 },
  },
  before: null,
  options: { maxNewTokens: 60, temperature: 0, topP: 1, seed: 0, stop: [] },
  wantMasks: false,
};
const control = { onEvent: () => {}, isCancelled: () => false };

describe('a dialect that was just added', () => {
  it('is known by the manifest, and read from the answers of its model', async () => {
    const text = '2 cars: [25,50,75,100], [0,0,25,25], [10,10,200,20].';
    const model = await modelThatWrites(text, { id: 'toy-percent', scale: 100 });
    const { objects, malformedBoxes, rawText, dialectText } = await model.ask(request, control);
    expect([rawText, dialectText]).toEqual([text, text]);
    expect(objects.map(({ label, box }) => [label, box])).toEqual([
      ['car', { cx: 16, cy: 24, w: 16, h: 16, thetaDeg: 0 }],
      ['car', { cx: 4, cy: 4, w: 8, h: 8, thetaDeg: 0 }],
    ]);
    expect(malformedBoxes).toBe(1);
  });

  it('is not read where the manifest names another, nor taken where its facts are others', async () => {
    const facts = { scale: 1000, origin: 'centre', angle: { unit: 'degree', direction: 'clockwise' } };
    const model = await modelThatWrites('1 car: [25,50,75,100].', { id: 'nadir', ...facts });
    expect((await model.ask(request, control)).objects).toEqual([]);
    await expect(open({ id: 'toy-percent', scale: 1000 })).rejects.toMatchObject({
      code: 'MODEL_MANIFEST_INVALID',
      details: { key: 'dialect.scale' },
    });
    await expect(open({ id: 'toy' })).rejects.toThrow('expected one of "nadir", "toy-percent"');
  });
});

it('every dialect is a file of its name', () => {
  for (const { id } of dialects.filter((dialect) => dialect !== percent)) {
    expect(readFileSync(new URL(`${id}.ts`, import.meta.url), 'utf8')).toContain(`\n  id: '${id}',\n`);
  }
});
