import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../manifest/manifest.ts';
import { readEmbeddedFiles } from '../testing/node-model.ts';
import { readAdapter } from './read-adapter.ts';
import { adapterFolder, someConfig, someTensors, type Tensors, writeSafetensors } from './testing.ts';

/** Which adapters are refused before they reach the model, with which error codes and words. */
let manifest: Manifest;
let tensors: Tensors;
beforeAll(async () => {
  ({ manifest } = await readEmbeddedFiles());
  tensors = someTensors(manifest.llm, 4);
});

const read = (config: unknown, weights = writeSafetensors(tensors), from = manifest) =>
  readAdapter(from, adapterFolder(config, weights));

async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  return work.then(
    () => expect.fail('nothing was refused'),
    (thrown: unknown) => thrown as { code: string; message: string },
  );
}

describe('an adapter’s folder', () => {
  it('is read with the details that the user needs', async () => {
    const { info, weights } = await read(someConfig({ nadir_about: 'Short answers.' }));
    const count = Object.values(tensors).reduce((sum, { data }) => sum + data.length, 0);
    expect(info).toMatchObject({
      name: 'Test adapter',
      rank: 4,
      alpha: 8,
      partial: false,
      licence: 'MIT',
      about: 'Short answers.',
      parameters: count,
    });
    expect(info.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(info.sizeBytes).toBeGreaterThan(count * 4);
    expect(weights.inputs.size).toBe(manifest.llm.layers * 5 * 2);
    const { dims } = weights.inputs.get('lora.0.gate.a')!;
    expect(dims).toEqual([manifest.llm.hidden, 4]);
  });

  it('may lie among other files, and may be in half precision', async () => {
    const halves = Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, { ...t, dtype: 'BF16' }]));
    const { weights } = await read(someConfig(), writeBfloat16(halves));
    const name = 'base_model.model.layers.2.up.lora_A.weight';
    const [want] = tensors[name]!.data;
    const [got] = weights.inputs.get('lora.2.up.a')!.data;
    expect(Math.abs(got! - want!)).toBeLessThan(Math.abs(want!) / 128);
  });

  it.each([
    ['unpaired files', () => [adapterFolder(someConfig(), writeSafetensors(tensors))[0]!], 'adapter_model.safetensors'],
    ['no files', () => [], 'adapter_config.json'],
    [
      'pickled weights',
      () => [new File(['{}'], 'adapter_config.json'), new File(['x'], 'adapter_model.bin')],
      'can run code',
    ],
    [
      'two adapters',
      () => [
        ...adapterFolder(someConfig(), writeSafetensors(tensors)),
        ...adapterFolder(someConfig(), writeSafetensors(tensors)),
      ],
      '2 files',
    ],
    ['a name that leads out', () => [new File(['{}'], '../adapter_config.json')], 'unsafe name'],
    ['a backslash', () => [new File(['{}'], 'a\\adapter_config.json')], 'unsafe name'],
    ['no JSON', () => adapterFolderOf('not json'), 'not JSON'],
  ])('is refused with %s', async (_, files, words) => {
    const error = await refusal(readAdapter(manifest, files()));
    expect(error.code).toBe('ADAPTER_INVALID');
    expect(error.message).toContain(words);
  });

  it.each([
    ['r', { r: 0 }],
    ['r', { r: 100_000 }],
    ['lora_alpha', { lora_alpha: Number.NaN }],
    ['target_modules', { target_modules: [] }],
    ['base_model_name_or_path', { base_model_name_or_path: null }],
  ])('is refused for a wrong "%s"', async (key, change) => {
    const error = await refusal(read(someConfig(change)));
    expect(error.code).toBe('ADAPTER_INVALID');
    expect(error.message).toContain(key);
  });

  it.each([
    ['another kind', { peft_type: 'IA3' }, 'IA3'],
    ['DoRA', { use_dora: true }, 'DoRA'],
    ['biases', { bias: 'all' }, 'bias'],
    ['whole modules', { modules_to_save: ['lm_head'] }, 'modules_to_save'],
    ['unknown target modules', { target_modules: ['qkv', 'c_attn'] }, '"c_attn"'],
  ])('is refused for %s', async (_, change, words) => {
    const error = await refusal(read(someConfig(change)));
    expect(error.code).toBe('ADAPTER_UNSUPPORTED');
    expect(error.message).toContain(words);
  });

  it('is refused for tensors of modules that the model lacks', async () => {
    const [name, tensor] = Object.entries(tensors)[0]!;
    for (const foreign of [
      'base_model.model.lm_head.lora_A.weight',
      'base_model.model.layers.99.qkv.lora_A.weight',
      'base_model.model.layers.0.qkv.lora_magnitude_vector',
      '__proto__',
    ]) {
      const error = await refusal(read(someConfig(), writeSafetensors({ [name]: tensor, [foreign]: tensor })));
      expect(error.code, foreign).toBe('ADAPTER_UNSUPPORTED');
    }
    expect(Object.hasOwn(Object.prototype, 'dtype')).toBe(false);
  });

  it('is refused with half a pair, or with values that are not numbers', async () => {
    const { 'base_model.model.layers.0.qkv.lora_B.weight': _, ...half } = tensors;
    expect((await refusal(read(someConfig(), writeSafetensors(half)))).message).toContain('only one of');
    const name = 'base_model.model.layers.0.qkv.lora_A.weight';
    const bad = { ...tensors, [name]: { ...tensors[name]!, data: tensors[name]!.data.slice().fill(Number.NaN) } };
    expect(await refusal(read(someConfig(), writeSafetensors(bad)))).toMatchObject({ code: 'ADAPTER_INVALID' });
  });

  it('is refused if the file is truncated', async () => {
    const error = await refusal(read(someConfig(), writeSafetensors(tensors).slice(0, 5000)));
    expect(error.code).toBe('ADAPTER_INVALID');
    expect(error.message).toContain('damaged');
  });

  it('is refused on another base model, recognised by name, weights or sizes', async () => {
    const byName = await refusal(read(someConfig({ base_model_name_or_path: 'Qwen/Qwen2-0.5B' })));
    expect(byName).toMatchObject({ code: 'ADAPTER_WRONG_BASE' });
    expect(byName.message).toContain('Qwen/Qwen2-0.5B');
    const weights = { id: 'nadir-s', version: '0.0.9', weights: '0'.repeat(64) };
    const byWeights = await refusal(read(someConfig({ nadir_base: weights })));
    expect(byWeights).toMatchObject({ code: 'ADAPTER_WRONG_BASE' });
    expect(byWeights.message).toContain('0.0.9');
    const llm = { ...manifest.llm, weights: manifest.llm.weights.map((w) => (w.kind === 'q4' ? { ...w, n: 8 } : w)) };
    const bySize = await refusal(read(someConfig(), writeSafetensors(tensors), { ...manifest, llm }));
    expect(bySize).toMatchObject({ code: 'ADAPTER_WRONG_BASE' });
    const own = { id: 'nadir-s', version: manifest.version, weights: manifest.files[manifest.llm.embed.file]!.sha256 };
    await expect(read(someConfig({ nadir_base: own }))).resolves.toBeTruthy();
  });

  it('is refused by a model without adapter graphs', async () => {
    const plain = { ...manifest, llm: { ...manifest.llm, loraGraphs: null } };
    expect(await refusal(read(someConfig(), writeSafetensors(tensors), plain))).toMatchObject({
      code: 'ADAPTER_UNSUPPORTED',
    });
  });
});

function adapterFolderOf(config: string): File[] {
  return [
    new File([config], 'adapter_config.json'),
    new File([writeSafetensors(tensors)], 'adapter_model.safetensors'),
  ];
}

function writeBfloat16(of: Tensors): Uint8Array<ArrayBuffer> {
  let at = 0;
  const header: Record<string, unknown> = {};
  const parts = Object.entries(of).map(([name, { shape, data }]) => {
    const bits = new Uint32Array(Float32Array.from(data).buffer);
    const part = new Uint8Array(Uint16Array.from(bits, (b) => b >>> 16).buffer);
    header[name] = { dtype: 'BF16', shape, data_offsets: [at, at + part.length] };
    at += part.length;
    return part;
  });
  const json = new TextEncoder().encode(JSON.stringify(header));
  const out = new Uint8Array(8 + json.length + at);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  let offset = 8 + json.length;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}
