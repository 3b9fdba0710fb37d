import { afterAll, describe, expect, it } from 'vitest';
import { intersectConvex } from '../../geo/boxes/convex.ts';
import { ringArea } from '../../geo/boxes/rings.ts';
import { cornersOf, rotatedIou } from '../../geo/boxes/rotated-box.ts';
import { golden } from '../../gpu/testing/goldens.ts';
import { pickBands } from '../../imagery/tiles.ts';
import type { BackendEvent } from '../backend.ts';
import { NadirBackend } from '../nadir/backend.ts';
import { proposeChanges } from '../nadir/heads/change.ts';
import { prompted, proposalInputs, propose } from '../nadir/heads/proposals.ts';
import { normalise } from '../nadir/normalise.ts';
import { assemblePrompt, placeTokens, turnContent } from '../nadir/prompt.ts';
import { askOf, viewOf } from '../testing/ask-of.ts';
import { goldenTile, modelGolden, pavedTile } from '../testing/model-golden.ts';
import { openNodeModel, readEmbeddedFiles } from '../testing/node-model.ts';
import { silentIo } from '../testing/silent-io.ts';
import type { Ask } from '../types.ts';
import { dequantiseLlm } from './dequantise.ts';

/** Compares the embedded model on WebAssembly with PyTorch, end to end. */
const model: NadirBackend = await openNodeModel();
const { manifest, engine } = model;
/** Number of scenes for imagery of unknown scale. */
const scenesShown = manifest.scenes!.scales?.[0]?.to ?? manifest.scenes!.labels.length;
afterAll(() => engine.dispose());

const request = (text: string, rest: Parameters<typeof askOf>[2] = {}) => askOf(text, goldenTile(), rest);

function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, atol: number, rtol = 1e-3): void {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < want.length; i++) {
    const difference = Math.abs(got[i]! - want[i]!);
    if (!(difference <= atol + rtol * Math.abs(want[i]!))) {
      expect.fail(`number ${i} is ${got[i]}, expected ${want[i]} (±${atol})`);
    }
  }
}

describe('the embedded model on WebAssembly', () => {
  it('has PyTorch’s vision outputs', async () => {
    const { seen } = await model.observer.look(goldenTile(), silentIo);
    expectClose(await engine.readVisual(), golden('visual').data, 2e-3);
    expectClose(seen.evidence.scene, golden('scene').data, 1e-3);
    expectClose(seen.evidence.presence, golden('presence').data, 1e-3);
    expectClose(seen.evidence.quality ?? [], golden('quality').data, 1e-3);
    expectClose(seen.evidence.density ?? [], golden('density').data, 2e-3, 2e-3);
    // These goldens are f16.
    expectClose(seen.evidence.heat, golden('heat').data, 2e-3, 2e-3);
    expectClose(seen.evidence.geom, golden('geom').data, 4e-3, 2e-3);
    if (manifest.cover) expectClose(seen.evidence.cover ?? [], golden('cover').data, 2e-3, 2e-3);
  });

  it('makes the same proposals as PyTorch', async () => {
    const { seen } = await model.observer.look(goldenTile(), silentIo);
    const got = propose(manifest.detector!, seen.evidence.heat, seen.evidence.geom);
    const plain = (p: { cls: number; cell: number }[]) => p.map(({ cls, cell }) => ({ cls, cell }));
    expect(plain(got.map((p) => ({ cls: p.classIndex, cell: p.cell })))).toEqual(plain(modelGolden.heads));
    got.forEach(({ box, score }, i) => {
      const want = modelGolden.heads[i]!;
      expectClose([score, box.cx, box.cy, box.w, box.h], [want.score, ...want.box.slice(0, 4)], 1e-2);
      const turn = Math.abs(box.thetaDeg - want.box[4]);
      expect(Math.min(turn, 180 - turn)).toBeLessThan(0.1);
    });
  });

  it('fits the proposals to their masks as PyTorch does', async () => {
    const { seen } = await model.observer.look(goldenTile(), silentIo);
    const got = await model.observer.propose(seen, silentIo);
    expect(got.map((p) => [p.classIndex, p.cell])).toEqual(modelGolden.proposals.map((p) => [p.cls, p.cell]));
    got.forEach(({ box, score }, i) => {
      const { score: wanted, box: numbers } = modelGolden.proposals[i]!;
      const [cx, cy, w, h, thetaDeg] = numbers;
      expect(score).toBeCloseTo(wanted, 2);
      // A sample at the edge of a mask may fall on either side.
      expect(rotatedIou(cornersOf(box), cornersOf({ cx, cy, w, h, thetaDeg }))).toBeGreaterThan(0.95);
    });
    expect(await model.observer.propose(seen, silentIo)).toBe(got);
  });

  it.each(modelGolden.prompts.map((p) => [p.question, p] as const))(
    'has PyTorch’s logits after "%s"',
    async (question, want) => {
      const { seen } = await model.observer.look(goldenTile(), silentIo);
      const ids = model.tokenizer.encodeTurn(turnContent(question, false, model.tokenizer.specialTokens));
      const proposals = prompted(manifest.detector!, await model.observer.propose(seen, silentIo));
      const places = await engine.embedPlaces(proposalInputs(manifest, seen.evidence, proposals, null));
      const prompt = assemblePrompt(
        manifest.llm,
        ids,
        placeTokens(model.tokenizer),
        model.embedding,
        manifest.tokensPerSlice,
        proposals.length,
        places,
      );
      expect(prompt.length).toBe(want.length);
      const logits = await engine.prefill(prompt);
      expect(logits.length).toBe(manifest.llm.vocab);
      expectClose(
        want.top.map(([id]) => logits[id]!),
        want.top.map(([, logit]) => logit),
        5e-3,
      );
      expect(logits.filter((l) => l > want.top[19]![1] + 5e-3).length).toBeLessThan(20);
    },
  );

  it.each(modelGolden.prompts.map((p) => [p.question, p] as const))(
    'answers "%s" as PyTorch does',
    async (question, want) => {
      const texts: string[] = [];
      const on = (e: BackendEvent) => e.kind === 'text' && texts.push(e.text);
      const result = await model.ask(request(question), { ...silentIo, on });
      // The repetition guard may end a loop that plain greedy decoding would continue.
      if (result.stopReason === 'repetition') expect(want.answer.startsWith(result.rawText)).toBe(true);
      else expect(result.rawText).toBe(want.answer.replace(/\uFFFD+$/, ''));
      expect(result.rawText.length).toBeGreaterThan(0);
      expect(texts.at(-1)).toBe(result.text);
      expect(texts).toHaveLength(result.timings.newTokens);
      expect(result.scores.scene).toHaveLength(scenesShown);
      expect(result.scores.scene?.reduce((sum, s) => sum + s.probability, 0)).toBeCloseTo(1, 4);
      const chinese = /\p{Script=Han}/u.test(question);
      for (const o of result.things) {
        const [shown, number] = result.text.slice(o.span.start, o.span.end).split(/ (?=\d+$)/);
        const { name, zh } = manifest.detector!.classes.find((c) => c.name === o.label)!;
        expect(shown).toBe(chinese ? zh : name);
        expect(number).toMatch(/^\d+$/);
      }
    },
  );

  it('refines as PyTorch does', async () => {
    const { seen } = await model.observer.look(goldenTile(), silentIo);
    const { refinerInputs } = await import('../nadir/masks/crops.ts');
    const [cx, cy, w, h, thetaDeg] = modelGolden.refiner.box;
    const tile = manifest.slicing.tile;
    const [rows, cols] = manifest.connector.neck!.grid;
    const logits = await engine.refine(
      refinerInputs(
        manifest.refiner!,
        { data: normalise(manifest, goldenTile()), rows: tile, cols: tile, channels: 4, stride: 1 },
        {
          data: seen.evidence.neck,
          rows,
          cols,
          channels: seen.evidence.neck.length / (rows * cols),
          stride: manifest.connector.neck!.stride,
        },
        [{ box: { cx, cy, w, h, thetaDeg }, maskClass: modelGolden.refiner.cls }],
      ),
    );
    expectClose(logits, golden('refiner_mask_logits').data, 1e-2, 5e-3);
  });

  it('fits boxes to their masks if the manifest says so', async () => {
    const files = await readEmbeddedFiles();
    const classIndex = modelGolden.heads[0]!.cls;
    const { name, plural } = manifest.detector!.classes[classIndex]!;
    const fits = [{ class: name, minScore: 0 }];
    const manifestFitting = { ...manifest, refiner: { ...manifest.refiner!, fits } };
    const fitting = new NadirBackend({ ...files, manifest: manifestFitting }, model.tokenizer, engine);
    const { seen } = await fitting.observer.look(goldenTile(), silentIo);
    const heads = propose(manifest.detector!, seen.evidence.heat, seen.evidence.geom);
    const proposals = await fitting.observer.propose(seen, silentIo);
    const fitted = proposals.filter((proposal) => proposal.classIndex === classIndex);
    expect(fitted.length).toBeGreaterThan(0);
    for (const { box, cell } of fitted) {
      const head = heads.find((h) => h.cell === cell && h.classIndex === classIndex)!;
      expect(box).not.toBe(head.box);
      expect(rotatedIou(cornersOf(box), cornersOf(head.box))).toBeGreaterThanOrEqual(0.25);
    }
    const answer = await fitting.ask(request(`Find all ${plural}.`, { want: { masks: true } }), silentIo);
    expect(answer.things.length).toBeGreaterThan(0);
    for (const { box, rings } of answer.things) {
      expect(fitted.map((p) => p.box)).toContainEqual(box);
      // The mask belongs to the fitted box, so most of it lies inside.
      expect(ringArea(intersectConvex(rings![0]!, cornersOf(box))) / ringArea(rings![0]!)).toBeGreaterThan(0.8);
    }
  });

  const { change } = modelGolden;
  it('compares two tiles as PyTorch does, and remembers the later one', async () => {
    const want = change;
    const alone = await model.ask(askOf('Describe this image.', pavedTile()), silentIo);
    const views: Ask['views'] = [viewOf(goldenTile(), 'before'), viewOf(pavedTile(), 'after')];
    const result = await model.ask(request(want.question, { intent: { task: 'change' }, views }), silentIo);
    expect(result.numbers.changed).toBeCloseTo(want.changed, 2);
    if (result.stopReason === 'repetition') expect(want.answer.startsWith(result.rawText)).toBe(true);
    else expect(result.rawText).toBe(want.answer.replace(/\uFFFD+$/, ''));
    const pointers = want.answer.match(/<p\d+>/g) ?? [];
    expect(result.things.map(({ label }) => label)).toEqual(pointers.map(() => 'change'));
    // The model still remembers the later image, so the next question about it gets the usual answer.
    const again = await model.ask(askOf('Describe this image.', pavedTile()), silentIo);
    expect(again.timings.visionMs).toBe(0);
    expect(again.rawText).toBe(alone.rawText);
  });

  it('has PyTorch’s change head outputs', async () => {
    const { seen: before } = await model.observer.look(goldenTile(), silentIo);
    const { seen: after } = await model.observer.look(pavedTile(), silentIo);
    const found = await engine.compare(before.evidence.neck, after.evidence.neck);
    expectClose(found.heat, golden('change_heat').data, 2e-3, 2e-3);
    const own = golden('change_rows').data.slice(-manifest.llm.hidden);
    expectClose(found.rows, own, 2e-3);
    const places = proposeChanges(manifest.change!, found);
    expect(places.map(({ cell }) => cell)).toEqual(change!.proposals.map(({ cell }) => cell));
  });

  it('reports proposals, scores and masks without a question', async () => {
    const [cx, cy, w, h, thetaDeg] = modelGolden.refiner.box;
    const label = manifest.detector!.classes[modelGolden.refiner.cls]!.name;
    const boxes = [label, 'no such class'].map((each) => ({ label: each, box: { cx, cy, w, h, thetaDeg } }));
    const seen = await model.inspect({ view: viewOf(goldenTile()), boxes }, silentIo);
    expect(seen.proposals).toHaveLength(modelGolden.proposals.length);
    expect(seen.masks).toHaveLength(2);
    expect(seen.masks[1]).toBeNull();
    expect(seen.scores.scene).toHaveLength(scenesShown);
    expect(seen.cover?.labels).toEqual(manifest.cover?.labels.map((each) => each.name));
    expect(seen.scores.quality).toHaveLength(manifest.quality!.labels.length);
    expect(seen.densities.map((each) => each.label)).toEqual(manifest.density!.classes.map((each) => each.name));
  });

  it('samples reproducibly', async () => {
    const options = { maxNewTokens: 12, temperature: 1.5, topP: 0.95, stop: [] };
    const write = async (seed: number) =>
      (await model.ask(request('Describe this image.', { options: { ...options, seed } }), silentIo)).rawText;
    const first = await write(1);
    expect(await write(1)).toBe(first);
  });

  it('stops when cancelled, before and between tokens', async () => {
    const before = await model.ask(request('Find all cars.'), { ...silentIo, signal: AbortSignal.abort() });
    expect(before).toMatchObject({ stopReason: 'aborted', text: '', things: [] });
    const stop = new AbortController();
    const during = await model.ask(request('Describe this image.'), {
      signal: stop.signal,
      on: (e) => {
        if (e.kind === 'text' && e.newTokens >= 2) stop.abort();
      },
    });
    expect(during).toMatchObject({ stopReason: 'aborted' });
    expect(during.timings.newTokens).toBe(2);
  });

  it('uses the prompt that it learned for the task and the label', async () => {
    const options = { maxNewTokens: 1, temperature: 0, topP: 1, seed: 0, stop: [] };
    const ask = async (intent: Partial<Ask['intent']>) =>
      (await model.ask(request('', { options, intent }), silentIo)).prompt;
    expect(await ask({ task: 'find', label: 'storage tank' })).toBe('Find all storage tanks.');
    expect(await ask({ task: 'find', label: 'storage tank', language: 'zh' })).toBe('找出所有储油罐。');
    expect(await ask({ task: 'count', label: 'tree' })).toBe('How many trees are there?');
    expect(await ask({ text: 'Is there water?' })).toBe('Is there water?');
  });

  it('refuses views other than one or a pair', async () => {
    const slices: Ask['views'] = [viewOf(goldenTile(), 'slice'), viewOf(goldenTile(), 'slice')];
    await expect(model.ask(request('x', { views: slices }), silentIo)).rejects.toMatchObject({
      code: 'VIEWS_UNSUPPORTED',
      details: { roles: ['slice', 'slice'], max: 1 },
    });
    const change = request('', { intent: { task: 'change' } });
    await expect(model.ask(change, silentIo)).rejects.toMatchObject({ code: 'NO_EARLIER_IMAGE' });
  });

  it('refuses a tile of another size and a question that is too long', async () => {
    await expect(model.ask(askOf('x', { ...goldenTile(), width: 128 }), silentIo)).rejects.toMatchObject({
      code: 'INTERNAL',
    });
    await expect(model.ask(request('airplane '.repeat(1200)), silentIo)).rejects.toMatchObject({
      code: 'PROMPT_TOO_LONG',
    });
  });

  it('gets zeros for near infrared if the tile lacks it', async () => {
    const tile = pickBands(goldenTile(), ['red', 'green', 'blue']);
    const pixels = normalise(manifest, tile);
    expect(pixels.filter((_, i) => i % 4 === 3).every((v) => v === 0)).toBe(true);
    expect(pixels[0]).toBeCloseTo((tile.data[0]! - manifest.bands[0]!.mean) / manifest.bands[0]!.std, 6);
  });

  it('dequantises every byte of llm_f32.bin that a graph reads', async () => {
    const files = await readEmbeddedFiles();
    const f32 = dequantiseLlm(manifest.llm, files.get('onnx/llm_q4.bin').buffer);
    expect(f32.byteLength).toBe(manifest.llm.f32Bytes);
    for (const weight of manifest.llm.weights) {
      const values = new Float32Array(f32.buffer, weight.f32.offset, weight.f32.bytes / 4);
      expect(values.every(Number.isFinite)).toBe(true);
      if (weight.kind === 'q4') expect(values.some((v) => v !== 0)).toBe(true);
    }
  });
});
