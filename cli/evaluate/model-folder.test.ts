import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { fileIn } from '../folder-instead.ts';
import { readModelFolder } from './model-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nadir-model-'));
});

it('reads what a model can do, of this format and the one before', () => {
  const base = {
    id: 'm',
    version: '1',
    tasks: { find: {}, quality: {} },
    detector: { classes: [{ name: 'car' }] },
    presence: { labels: [{ name: 'water' }] },
  };
  writeFileSync(join(folder, 'nadir.json'), JSON.stringify(base));
  const plain = readModelFolder(folder);
  expect(plain.abilities).toEqual({
    tasks: ['find', 'quality'],
    classes: ['car'],
    counted: [],
    presence: ['water'],
    hasCover: false,
    hasRefiner: false,
  });
  const older = {
    ...base,
    format: 'nadir-model/1',
    presence: ['water'],
    density: [{ name: 'tree' }],
    refiner: {},
  };
  writeFileSync(join(folder, 'nadir.json'), JSON.stringify(older));
  const read = readModelFolder(folder);
  expect(read.abilities).toMatchObject({ classes: ['car'], counted: ['tree'], presence: ['water'], hasRefiner: true });
  expect(read.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(read.hash).not.toBe(plain.hash);
});

it('refuses a folder that isn’t a model, with the reason', () => {
  expect(() => readModelFolder(folder)).toThrow(expect.objectContaining({ code: 'MODEL_FILE_MISSING' }));
  writeFileSync(join(folder, 'nadir.json'), '{');
  expect(() => readModelFolder(folder)).toThrow(expect.objectContaining({ code: 'MODEL_MANIFEST_INVALID' }));
});

it('serves files of the folder and nothing else', () => {
  const inner = join(folder, 'model');
  mkdirSync(join(inner, 'onnx'), { recursive: true });
  writeFileSync(join(inner, 'onnx', 'a.bin'), 'abc');
  writeFileSync(join(folder, 'secret'), 'x');
  expect(fileIn(inner, 'onnx/a.bin')).toMatchObject({ sizeBytes: 3 });
  expect(fileIn(inner, '../secret')).toBeNull();
  expect(fileIn(inner, 'onnx')).toBeNull();
  expect(fileIn(inner, 'none')).toBeNull();
});
