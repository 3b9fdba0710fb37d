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

it('reads what a model can do, with and without the newer keys', () => {
  const base = {
    id: 'm',
    version: '1',
    tasks: { find: {}, quality: {} },
    detector: { classes: [{ name: 'car' }] },
    presence: ['water'],
  };
  writeFileSync(join(folder, 'nadir.json'), JSON.stringify(base));
  const plain = readModelFolder(folder);
  expect(plain.abilities).toEqual({
    tasks: ['find', 'quality'],
    classes: ['car'],
    counted: [],
    presence: ['water'],
    hasRefiner: false,
  });
  writeFileSync(join(folder, 'nadir.json'), JSON.stringify({ ...base, density: [{ name: 'tree' }], refiner: {} }));
  const newer = readModelFolder(folder);
  expect(newer.abilities).toMatchObject({ counted: ['tree'], hasRefiner: true });
  expect(newer.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(newer.hash).not.toBe(plain.hash);
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
