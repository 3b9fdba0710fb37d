import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { RotatedBox } from '../../geo/types.ts';
import { loadModelFiles } from '../files/model-files.ts';
import { NadirBackend } from '../nadir/backend.ts';
import type { Engine } from '../runtime/engine.ts';
import { createWasmEngine } from '../runtime/wasm-engine.ts';
import { askOf } from '../testing/ask-of.ts';
import { openNodeOrt } from '../testing/node-model.ts';
import { silentIo } from '../testing/silent-io.ts';
import { createTokenizer } from '../text/tokenizer.ts';
import type { Dialect, Piece } from './dialect.ts';
import { dialects } from './dialects.ts';

/**
 * Follows docs/add-a-dialect.md with a toy dialect. Boxes stand between tags, each after its own label, as in Qwen2-VL
 * and DeepSeek-VL2. This is the dialect's file …
 */
const tags = await vi.hoisted(async (): Promise<Dialect> => {
  const { withText } = await import('./dialect.ts');
  const scale = 1000;
  const reference = '<\\|ref\\|>(?<label>[^<]*)<\\|/ref\\|>';
  const corners = '<\\|box\\|>(?<corners>[^<]*)<\\|/box\\|>';
  const readBox = (text: string, tile: number): RotatedBox | null => {
    const numbers = /^\((\d+),(\d+)\),\((\d+),(\d+)\)$/.exec(text)?.slice(1) ?? [];
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers.map((number) => (Number(number) / scale) * tile);
    if (!(x2 > x1 && y2 > y1 && x2 <= tile && y2 <= tile)) return null;
    return { cx: (x1 + x2) / 2, cy: (y1 + y2) / 2, w: x2 - x1, h: y2 - y1, thetaDeg: 0 };
  };
  return {
    id: 'toy-tags',
    facts: { scale },
    parse: (raw, tile) => {
      const found = [...raw.matchAll(new RegExp(`(?:${reference})?${corners}`, 'g'))].map((match) => {
        const { label = null, corners = '' } = match.groups ?? {};
        const box = readBox(corners, tile);
        const piece: Piece = box
          ? { kind: 'box', raw: match[0], box, label, score: null }
          : { kind: 'malformed', raw: match[0] };
        return { start: match.index, piece };
      });
      return withText(raw, found);
    },
    writeBox: ({ cx, cy, w, h }, tile) => {
      const [x1, y1, x2, y2] = [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2].map((at) =>
        Math.round((at / tile) * scale),
      );
      return `<|box|>(${x1},${y1}),(${x2},${y2})<|/box|>`;
    },
  };
});
/** … and this is its line in the table. */
vi.mock('./dialects.ts', async (original) => {
  const { dialects } = await original<typeof import('./dialects.ts')>();
  return { dialects: [...dialects, tags] };
});

const folder = new URL('../../../e2e/fixtures/tiny-converted/', import.meta.url);
/** Opens the folder of a converted model as if its manifest named this dialect. */
const open = (dialect: object) =>
  loadModelFiles(
    folder.href,
    () => {},
    async (url) => {
      const bytes = await readFile(new URL(url));
      if (!url.endsWith('nadir.json')) return new Response(bytes);
      return new Response(JSON.stringify({ ...JSON.parse(bytes.toString('utf8')), dialect, maxNewTokens: 256 }));
    },
  );

const host = await openNodeOrt();
const engines: Engine[] = [];
afterAll(() => Promise.all(engines.map((engine) => engine.dispose())));

/** The model of that folder, made to write `text`. Its tokens are single characters. */
async function modelThatWrites(text: string, dialect: object): Promise<NadirBackend> {
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
  return new NadirBackend(
    files,
    tokenizer,
    Object.assign(Object.create(engine) as Engine, { prefill: next, step: next }),
  );
}

const tile = {
  width: 32,
  height: 32,
  bands: ['red', 'green', 'blue'],
  validFraction: 1,
  valid: null,
  data: new Float32Array(32 * 32 * 3),
};
const request = askOf('', tile, { intent: { task: 'find', label: 'car' } });
request.options.maxNewTokens = 256;

const reference = (label: string) => `<|ref|>${label}<|/ref|>`;
const corners = (numbers: string) => `<|box|>${numbers}<|/box|>`;

describe('a dialect that was just added', () => {
  it('is chosen by the manifest, reads everything that its model wrote, and labels its own boxes', async () => {
    const car = corners('(250,500),(750,1000)');
    const text = `${reference('car')}${car} ${reference('ship')}${corners('(0,0),(250,250)')} ${corners('(500,0),(750,250)')} ${corners('(1,1),(2000,9)')}`;
    const model = await modelThatWrites(text, { id: 'toy-tags', scale: 1000 });
    const { things, numbers, rawText, dialectText, text: shown } = await model.ask(request, silentIo);
    expect([rawText, dialectText]).toEqual([text, text]);
    expect(things.map(({ label, box }) => [label, box])).toEqual([
      ['car', { cx: 16, cy: 24, w: 16, h: 16, thetaDeg: 0 }],
      ['ship', { cx: 4, cy: 4, w: 8, h: 8, thetaDeg: 0 }],
      // This box has no label of its own, so it gets the label that was asked for.
      ['car', { cx: 20, cy: 4, w: 8, h: 8, thetaDeg: 0 }],
    ]);
    expect(shown).toBe('car 1, ship 1, car 2');
    expect(numbers.malformed).toBe(1);
  });

  it('is not used if the manifest names another dialect, and is refused if its facts differ', async () => {
    const facts = { scale: 1000, origin: 'centre', angle: { unit: 'degree', direction: 'clockwise' } };
    const model = await modelThatWrites(corners('(250,500),(750,1000)'), { id: 'nadir', ...facts });
    expect((await model.ask(request, silentIo)).things).toEqual([]);
    await expect(open({ id: 'toy-tags', scale: 100 })).rejects.toMatchObject({
      code: 'MODEL_MANIFEST_INVALID',
      details: { key: 'dialect.scale' },
    });
    await expect(open({ id: 'toy' })).rejects.toThrow('expected one of "nadir", "toy-tags"');
  });
});

it('every dialect has a file of its name', () => {
  for (const { id } of dialects.filter((dialect) => dialect !== tags)) {
    expect(readFileSync(new URL(`${id}.ts`, import.meta.url), 'utf8')).toContain(`\n  id: '${id}',\n`);
  }
});
