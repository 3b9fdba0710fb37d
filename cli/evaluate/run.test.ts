import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { AnswerFile, answerKey } from './answers.ts';
import { answerLine, asked } from './fakes.ts';
import type { Question } from './question.ts';
import { type RunParts, runQuestions } from './run.ts';

let folder: string;
let image: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nadir-evaluate-'));
  image = join(folder, 'a.jpg');
  writeFileSync(image, 'pixels');
});

const about = (text: string, path = image): Question =>
  asked({ kind: 'scene', scene: 'beach' }, { id: text, text, image: { kind: 'file', path } });

/** Parts of a run whose fake page answers "answer to …" and records the questions. */
function parts(given: Partial<RunParts> = {}): RunParts & { asked: string[]; said: string[] } {
  const list: string[] = [];
  const said: string[] = [];
  return {
    asker: {
      ask: async ({ text }) => {
        list.push(text ?? '');
        const { key: _key, id: _id, app: _app, ...line } = answerLine({ text: `answer to ${text}` });
        return text === 'bad' ? { ...line, text: '', error: 'INTERNAL: broken' } : line;
      },
    },
    answers: new AnswerFile(join(folder, 'answers.jsonl')),
    decode: async () => ({ data: new Uint8Array(3), width: 1, height: 1 }),
    modelHash: 'model-1',
    backend: 'wasm',
    app: 'app-1',
    untilMs: null,
    say: (line) => said.push(line),
    asked: list,
    said,
    ...given,
  };
}

describe('a run', () => {
  it('resumes where the last one stopped', async () => {
    const first = parts();
    await runQuestions([about('one'), about('two')], first);
    const second = parts();
    const answered = await runQuestions([about('one'), about('two'), about('three')], second);
    expect(first.asked).toEqual(['one', 'two']);
    expect(second.asked).toEqual(['three']);
    expect(answered.map(({ answer }) => answer.text)).toEqual(['answer to one', 'answer to two', 'answer to three']);
    expect(second.said[0]).toContain('2 of 3 answers are kept');
  });

  it('never uses answers of another model, backend or image', async () => {
    await runQuestions([about('one')], parts());
    const model = parts({ modelHash: 'model-2' });
    await runQuestions([about('one')], model);
    const backend = parts({ backend: 'webgpu' });
    await runQuestions([about('one')], backend);
    writeFileSync(image, 'other pixels');
    const pixels = parts();
    await runQuestions([about('one')], pixels);
    expect([model.asked, backend.asked, pixels.asked]).toEqual([['one'], ['one'], ['one']]);
  });

  it('records a failed question, continues, and asks it again next time', async () => {
    const first = parts();
    const answered = await runQuestions([about('bad'), about('two'), about('gone', join(folder, 'none.jpg'))], first);
    expect(answered.map(({ answer }) => answer.error)).toEqual([
      'INTERNAL: broken',
      null,
      expect.stringContaining('FILE_EMPTY'),
    ]);
    const second = parts();
    await runQuestions([about('bad'), about('two')], second);
    expect(second.asked).toEqual(['bad']);
  });

  it('stops when its time is up, with what it has', async () => {
    const late = parts({ untilMs: Date.now() - 1 });
    expect(await runQuestions([about('one')], late)).toEqual([]);
    expect(late.asked).toEqual([]);
  });

  it('says how far it is at the first and the last question', async () => {
    const { said, ...rest } = parts();
    await runQuestions([about('one'), about('two'), about('three')], rest);
    expect(said[0]).toMatch(/^1 of 3 questions \(ucm\), about/);
    expect(said.at(-1)).toMatch(/^3 of 3 questions \(ucm\), done in/);
  });
});

describe('the file of answers', () => {
  it('survives a line that was cut off', () => {
    const path = join(folder, 'answers.jsonl');
    const line = answerLine({ key: 'k1' });
    writeFileSync(path, `${JSON.stringify(line)}\n`);
    appendFileSync(path, '{"key":"k2","te');
    const file = new AnswerFile(path);
    expect(file.get('k1')).toEqual(line);
    expect(file.get('k2')).toBeNull();
    file.add(answerLine({ key: 'k3' }));
    expect(new AnswerFile(path).get('k3')).toEqual(answerLine({ key: 'k3' }));
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(4);
  });

  it('treats given boxes as part of the question', () => {
    const box = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ] as const;
    const masks = (scale: number) =>
      asked({
        kind: 'true-masks',
        label: 'building',
        shapes: [{ box: box.map(([x, y]) => [x * scale, y * scale]) as never, shape: { kind: 'ellipse' } }],
      });
    expect(answerKey('m', 'wasm', 'i', masks(1))).not.toBe(answerKey('m', 'wasm', 'i', masks(2)));
    expect(answerKey('m', 'wasm', 'i', masks(1))).toBe(answerKey('m', 'wasm', 'i', masks(1)));
  });
});
