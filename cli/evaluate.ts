import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright';
import { NadirError } from '../src/lib/errors.ts';
import type { BackendChoice } from '../src/vlm/types.ts';
import { ensureBrowser, launchBrowser, mayHaveGpu } from './browser.ts';
import { ensureBuilt } from './build.ts';
import type { Answered } from './evaluate/answer-line.ts';
import { AnswerFile } from './evaluate/answers.ts';
import { Asker } from './evaluate/asker.ts';
import { PagePixels } from './evaluate/images/page-pixels.ts';
import { toMarkdown } from './evaluate/markdown.ts';
import { type ModelFolder, readModelFolder } from './evaluate/model-folder.ts';
import { planQuestions } from './evaluate/plan.ts';
import { manifestScores, PROTOCOL, type Report, rowsOf } from './evaluate/report.ts';
import { runQuestions } from './evaluate/run.ts';
import { vegetationShares } from './evaluate/vegetation.ts';
import { EXIT, exitStatusOf } from './exit-status.ts';
import { openPage } from './page-driver.ts';
import { DIST } from './paths.ts';
import { MODEL_PATH, serveDist } from './serve.ts';

const HELP = `npm run evaluate -- --data DIR [--model DIR] [--cover DIR] [--out DIR] [--limit N] [--only TASKS] [--minutes N]
                            [--backend auto|webgpu|wasm]

Asks the model in the app about labelled images and writes report.json, report.md, and scores.json for a model's nadir.json.

  --data DIR     folders of sets, each with labels.jsonl: ucm, eurosat, oam_buildings, aerial_cars, aerial_maritime, naip_trees,
                 real_change, planet_scenes
  --cover DIR    the land cover of their pixels, as written by: python -m training.data.cover_truth DATA DIR
  --model DIR    a model folder (with nadir.json) to evaluate instead of the embedded one
  --out DIR      where the report and answers.jsonl go (default: evaluation)
  --limit N      at most N images per set, evenly spaced
  --only TASKS   comma-separated: tasks (classify, ask, find, …), sets (ucm, …) or kinds of truth (presence, quality, …)
  --minutes N    stop after N minutes and report the answers so far
  --backend      the backend that runs the model (default: auto)

Answers are kept in answers.jsonl by model, image and question; a stopped run resumes from there. Ctrl-C stops it.
`;
const PORT = 4283;
/** Long enough for a busy machine. */
const LOAD_TIMEOUT_MS = 600_000;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    model: { type: 'string' },
    cover: { type: 'string' },
    out: { type: 'string', default: 'evaluation' },
    limit: { type: 'string' },
    only: { type: 'string' },
    minutes: { type: 'string' },
    backend: { type: 'string', default: 'auto' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  if (values.help || !values.data) {
    process.stdout.write(HELP);
    if (!values.help) process.exitCode = EXIT.usage;
    return;
  }
  const dataDir = fromCaller(values.data);
  if (!existsSync(dataDir))
    throw new NadirError('OPTION_INVALID', `There is no folder ${dataDir}. Give another with --data.`);
  const backend = backendOf(values.backend);
  const limit = wholeNumber('--limit', values.limit);
  const minutes = wholeNumber('--minutes', values.minutes);
  const out = fromCaller(values.out);
  const modelDir = values.model === undefined ? null : fromCaller(values.model);
  if (modelDir !== null) readModelFolder(modelDir);
  mkdirSync(out, { recursive: true });
  await ensureBuilt(say);
  const model = readModelFolder(modelDir ?? join(DIST, MODEL_PATH));
  const served = await serveDist(PORT, () => undefined, modelDir);
  const browser = await launchBrowser(ensureBrowser(say), {
    webgpu: !mayHaveGpu() && backend === 'webgpu' ? 'software' : 'hardware',
  });
  try {
    await evaluate({ browser, url: served.url, dataDir, out, limit, minutes, backend, model });
  } finally {
    await browser.close();
    await served.close();
  }
}

interface Job {
  browser: Browser;
  url: string;
  dataDir: string;
  out: string;
  limit: number | null;
  minutes: number | null;
  backend: BackendChoice;
  model: ModelFolder;
}

async function evaluate({ browser, url, dataDir, out, limit, minutes, backend, model }: Job): Promise<void> {
  const skipped: string[] = [];
  const pixels = new PagePixels(browser);
  const decode = (file: Buffer) => pixels.decode(file);
  const first = await openReady(browser, url, backend);
  const loaded = await loadedModel(first);
  if (loaded.hash !== model.hash) {
    throw new NadirError(
      'INTERNAL',
      `The app loaded model ${loaded.hash.slice(0, 12)}, not ${model.hash.slice(0, 12)}.`,
    );
  }
  const canLook = await first.evaluate(() => 'look' in (globalThis.nadir ?? {}));
  const wantsVegetation = model.abilities.presence.includes('vegetation');
  const questions = planQuestions({
    dataDir,
    coverDir: values.cover === undefined ? null : fromCaller(values.cover),
    limit,
    abilities: { ...model.abilities, canLook },
    vegetation: wantsVegetation ? await vegetationShares(dataDir, limit, decode) : new Map(),
    only: values.only?.split(',').map((part) => part.trim()) ?? null,
    say: (line) => {
      skipped.push(line.replace(/^Skipped: /, ''));
      say(line);
    },
  });
  if (questions.length === 0) {
    const asked = values.only === undefined ? '' : `, or nothing matches --only ${values.only}`;
    throw new NadirError('OPTION_INVALID', `There is nothing to ask: ${dataDir} holds no set that is known${asked}.`);
  }
  say(`${questions.length} questions for ${model.id} ${model.version} on ${loaded.label}.`);
  let spare: Page | null = first;
  const asker = new Asker(async () => {
    const page = spare ?? (await openReady(browser, url, backend));
    spare = null;
    return page;
  }, backend);
  const app = createHash('sha256')
    .update(readFileSync(join(DIST, 'index.html')))
    .digest('hex')
    .slice(0, 12);
  const answered = await runQuestions(questions, {
    asker,
    answers: new AnswerFile(join(out, 'answers.jsonl')),
    decode,
    modelHash: model.hash,
    backend: loaded.kind,
    app,
    untilMs: minutes === null ? null : Date.now() + minutes * 60_000,
    say,
  });
  const report: Report = {
    format: 'nadir-evaluation/1',
    protocol: [...PROTOCOL],
    model: { id: model.id, version: model.version, hash: model.hash },
    backend: loaded.label,
    app: { hash: app, answersOfOtherBuilds: answered.filter(({ answer }) => answer.app !== app).length },
    createdAt: new Date().toISOString(),
    questions: countsOf(questions.length, answered),
    limit,
    skipped,
    rows: rowsOf(answered),
  };
  writeFileSync(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(out, 'scores.json'), `${JSON.stringify(manifestScores(report), null, 2)}\n`);
  writeFileSync(join(out, 'report.md'), toMarkdown(report));
  process.stdout.write(toMarkdown(report));
}

function countsOf(planned: number, answered: readonly Answered[]): Report['questions'] {
  const failed = answered.filter(({ answer }) => answer.error !== null).length;
  return { planned, answered: answered.length - failed, failed };
}

async function openReady(browser: Browser, url: string, backend: BackendChoice): Promise<Page> {
  const page = await openPage(browser, url, backend, null);
  await page
    .waitForFunction(
      () => ['ready', 'failed'].includes(globalThis.nadir!.session.model.state.value.status),
      undefined,
      {
        timeout: LOAD_TIMEOUT_MS,
      },
    )
    .catch((cause: unknown) => {
      throw new NadirError('MODEL_NOT_READY', `The app did not load the model in ${LOAD_TIMEOUT_MS / 60_000} min.`, {
        cause,
      });
    });
  return page;
}

/** Errors: the error of the page's load. */
async function loadedModel(page: Page): Promise<{ hash: string; kind: string; label: string }> {
  const state = await page.evaluate(() => {
    const model = globalThis.nadir!.session.model.state.value;
    if (model.status === 'failed') return { error: model.error };
    if (model.status !== 'ready') return { error: null };
    const { loaded } = model;
    return { hash: loaded.model.hash, kind: loaded.backend.kind, label: loaded.backend.label };
  });
  if ('hash' in state && state.hash !== undefined) return state;
  if (state.error) throw NadirError.fromData(state.error);
  throw new NadirError('MODEL_NOT_READY', 'The app has no model loaded.');
}

function backendOf(text: string): BackendChoice {
  if (text === 'auto' || text === 'webgpu' || text === 'wasm') return text;
  throw new NadirError('OPTION_INVALID', `"${text}" is no backend: give auto, webgpu or wasm.`);
}

function wholeNumber(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new NadirError('OPTION_INVALID', `${option} ${text} is not understood: give a whole number from 1.`);
}

function fromCaller(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

main().catch((thrown: unknown) => {
  const { code, message } = NadirError.from(thrown);
  say(`${code}: ${message}`);
  process.exitCode = exitStatusOf(code);
});
