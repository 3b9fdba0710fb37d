import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseManifest } from './manifest.ts';

const text = readFileSync(new URL('../../public/models/nadir-s/nadir.json', import.meta.url), 'utf8');
// biome-ignore lint/suspicious/noExplicitAny: the tests break a JSON document anywhere
const document = (): any => JSON.parse(text);

describe('parseManifest', () => {
  it('reads the embedded model', () => {
    const manifest = parseManifest(document());
    expect(manifest.id).toBe('nadir-s');
    expect(manifest.detector.grid[0] * manifest.detector.stride).toBe(manifest.slicing.tile);
    expect(manifest.vision.stem.map((s) => s.name)).toEqual(['conv1', 'conv2', 'conv2b', 'conv3']);
    expect(manifest.llm.weights.some((w) => w.kind === 'q4')).toBe(true);
    expect(manifest.tasks.find?.prompt).toContain('{label}');
    expect(Object.keys(manifest.files)).toContain('onnx/llm_q4.bin');
  });

  // biome-ignore lint/suspicious/noExplicitAny: as above
  it.each<[key: string, breakIt: (d: any) => void]>([
    ['format', (d) => (d.format = 'nadir-model/9')],
    ['id', (d) => delete d.id],
    ['slicing.tile', (d) => (d.slicing.tile = 128)],
    ['detector.classes', (d) => (d.detector.classes = 'cars')],
    ['detector.classes[1].plural', (d) => delete d.detector.classes[1].plural],
    ['detector.grid', (d) => (d.detector.grid = [16, 16])],
    ['proposals.nmsIou', (d) => (d.proposals.nmsIou = 'much')],
    ['proposals.peakWindow', (d) => (d.proposals.peakWindow = 4)],
    ['dialect.id', (d) => (d.dialect.id = 'geochat')],
    ['dialect.scale', (d) => (d.dialect.scale = 100)],
    ['dialect.angle.direction', (d) => (d.dialect.angle.direction = 'counter-clockwise')],
    ['vision.std', (d) => d.vision.std.pop()],
    ['vision.std[0]', (d) => (d.vision.std[0] = 0)],
    ['vision.stem[0].act', (d) => (d.vision.stem[0].act = 'relu')],
    ['llm.layers', (d) => (d.llm.layers = 2.5)],
    ['llm.embed.shape', (d) => (d.llm.embed.shape[1] = 7)],
    ['llm.f32Bytes', (d) => (d.llm.f32Bytes = 64)],
    ['tasks.find.prompt', (d) => delete d.tasks.find.prompt],
    ['files.onnx/llm_q4.bin', (d) => delete d.files['onnx/llm_q4.bin']],
    ['files.onnx/vision.onnx.sha256', (d) => (d.files['onnx/vision.onnx'].sha256 = 'ABC')],
  ])('names %s', (key, breakIt) => {
    const broken = document();
    breakIt(broken);
    expect(() => parseManifest(broken)).toThrow(
      expect.objectContaining({
        code: 'MODEL_MANIFEST_INVALID',
        details: { key },
        message: expect.stringContaining(key),
      }),
    );
  });

  it('names the weight whose size is wrong', () => {
    const broken = document();
    const at = broken.llm.weights.findIndex((w: { kind: string }) => w.kind === 'q4');
    broken.llm.weights[at].q.bytes -= 1;
    expect(() => parseManifest(broken)).toThrow(
      expect.objectContaining({ details: { key: `llm.weights[${at}].q.bytes` } }),
    );
  });

  it.each([[null], [[]], ['text'], [7], [{}]])('refuses %j', (json) => {
    expect(() => parseManifest(json)).toThrow(expect.objectContaining({ code: 'MODEL_MANIFEST_INVALID' }));
  });
});
