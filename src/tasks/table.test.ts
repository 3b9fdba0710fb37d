import { afterEach, describe, expect, it } from 'vitest';
import { parseAnalyzeOptions } from '../../cli/analyze-options.ts';
import { carsResult, fakeWorkers, LOADED } from '../session/fakes.ts';
import { createSession } from '../session/session.ts';
import { cardOf } from '../vlm/nadir/card.ts';
import { readEmbeddedFiles } from '../vlm/testing/node-model.ts';
import { addTask, allTasks, type TaskId, taskOf } from './table.ts';
import type { Task } from './task.ts';

const TOY: Task = {
  id: 'outline-all',
  name: { en: 'Outline all', zh: '全部勾画' },
  question: { en: 'Outline every {label}.', zh: '勾画所有{label}。' },
  needs: { subject: 'boxes', region: false, before: false, text: null },
  views: 'at-scale',
  maxTiles: null,
  masks: true,
  joins: 'boxes',
  scores: null,
  universal: false,
};
const toy = TOY.id as TaskId;

let remove: () => void = () => undefined;
afterEach(() => remove());

describe('the table of tasks', () => {
  it('has every task once, with words in both languages', () => {
    const ids = allTasks().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, name, needs, question } of allTasks()) {
      expect(taskOf(id).id).toBe(id);
      expect(name.en).toMatch(/^[A-Z]/);
      expect(name.zh).toMatch(/\p{Script=Han}/u);
      for (const words of [question.en, question.zh]) {
        expect(words.includes('{label}')).toBe(needs.subject !== null);
        expect(words.includes('<region>')).toBe(needs.region);
        expect(words === '').toBe(needs.text === 'required');
      }
    }
  });

  it('asks one that was just added, with its label, its tiles and its masks', async () => {
    remove = addTask(TOY);
    const model = { ...LOADED.model, tasks: [...LOADED.model.tasks, toy] };
    const workers = fakeWorkers({
      info: { width: 448, height: 256 },
      load: async () => ({ ...LOADED, model }),
      answer: async () => carsResult(1),
    });
    const session = createSession(workers);
    await session.model.load('wasm');
    await session.opening.openFile(new File(['x'], 'a.tif'));
    const answer = await session.asking.ask({ task: toy, label: 'car', slicing: 'tiles' });
    expect(answer).toMatchObject({
      task: 'outline-all',
      label: 'car',
      question: 'Outline every cars.',
      status: 'done',
    });
    expect(answer.text).toMatch(/^\d cars? in 2 tiles\.$/);
    expect(workers.requests.map(({ intent, want }) => [intent.task, intent.label, want.masks])).toEqual([
      [toy, 'car', true],
      [toy, 'car', true],
    ]);
    await expect(session.asking.ask({ task: toy })).rejects.toThrow(/needs a label/);
  });

  it('gives it a name and checks on the command line, and offers it if a model has learned it', async () => {
    expect(() => parseAnalyzeOptions(['a.tif', '--task', toy])).toThrow(/it can be describe|it can be ask/);
    remove = addTask(TOY);
    expect(() => parseAnalyzeOptions(['a.tif', '--task', toy])).toThrow(/--task outline-all needs --label/);
    expect(parseAnalyzeOptions(['a.tif', '--task', toy, '--label', 'car'])).toMatchObject({ task: toy, label: 'car' });
    const files = await readEmbeddedFiles();
    const knowing = { ...files.manifest, tasks: { ...files.manifest.tasks, [toy]: { prompt: 'Outline all.' } } };
    expect(cardOf(files).tasks).not.toContain(toy);
    expect(cardOf({ ...files, manifest: knowing }).tasks).toContain(toy);
  });

  it.each([
    [['--task', 'find'], /needs --label/],
    [['--task', 'identify'], /needs --region/],
    [['--task', 'change'], /needs --before/],
    [['--task', 'ask'], /needs a question/],
  ])('checks %o', (args, problem) => {
    expect(() => parseAnalyzeOptions(['a.tif', ...args])).toThrow(problem);
  });
});
