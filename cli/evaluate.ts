import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright';
import { NadirError } from '../src/lib/errors.ts';
import type { AnalyzeResult } from '../src/session/analyze.ts';
import type { BackendChoice } from '../src/workers/vlm/api.ts';
import { ensureBrowser, launchBrowser, mayHaveGpu } from './browser.ts';
import { ensureBuilt } from './build.ts';
import { planQuestions, type Question } from './evaluate/questions.ts';
import { summarise, toMarkdown } from './evaluate/report.ts';
import type { AnswerLine } from './evaluate/scores.ts';
import { analyzeInPage, openPage } from './page-driver.ts';
import { serveDist } from './serve.ts';

const HELP = `npm run evaluate -- --data DIR [--out DIR] [--limit N] [--only classify,ask,…] [--backend auto|webgpu|wasm]

Asks the model in the app about labelled images (folders ucm, oam_buildings, aerial_cars with labels.jsonl) and writes
report.json and report.md to --out (default: evaluation). Answers are kept in answers.jsonl: a stopped run goes on from there.
`;
const PORT = 4283;
const QUESTION_TIMEOUT_MS = 300_000;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string', default: 'evaluation' },
    limit: { type: 'string' },
    only: { type: 'string' },
    backend: { type: 'string', default: 'auto' },
    help: { type: 'boolean', default: false },
  },
});
const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  if (values.help || !values.data) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const only = values.only?.split(',') ?? null;
  const questions = planQuestions(fromCaller(values.data), values.limit ? Number(values.limit) : null).filter(
    ({ task }) => !only || only.includes(task),
  );
  const out = fromCaller(values.out);
  mkdirSync(out, { recursive: true });

  await ensureBuilt(say);
  const served = await serveDist(PORT, () => undefined);
  const backend = values.backend as BackendChoice;
  const browser = await launchBrowser(ensureBrowser(say), {
    webgpu: !mayHaveGpu() && backend === 'webgpu' ? 'software' : 'hardware',
  });
  try {
    const manifest = (await (await fetch(`${served.url}models/nadir-s/nadir.json`)).json()) as { scenes: string[] };
    const page = await openPage(browser, served.url, backend, null);
    const answers = await askAll(page, questions, backend, join(out, 'answers.jsonl'));
    const { model, label } = await page.evaluate(() => {
      const state = globalThis.nadir!.session.model.value;
      if (state.status !== 'ready') throw new Error('The model did not load.');
      const { id, version, hash } = state.loaded.model;
      return { model: { id, version, hash }, label: state.loaded.backend.label };
    });
    const answered = questions.flatMap((question) => {
      const answer = answers.get(question.id);
      return answer ? [{ question, answer }] : [];
    });
    const report = summarise(answered, manifest.scenes, model, label);
    writeFileSync(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
    writeFileSync(join(out, 'report.md'), toMarkdown(report));
    process.stdout.write(toMarkdown(report));
  } finally {
    await browser.close();
    await served.close();
  }
}

/** Answers kept from an earlier run of the same model are not asked again. */
async function askAll(page: Page, questions: readonly Question[], backend: BackendChoice, log: string) {
  const answers = new Map<string, AnswerLine>();
  if (existsSync(log)) {
    for (const line of readFileSync(log, 'utf8').split('\n')) {
      if (line === '') continue;
      const kept = JSON.parse(line) as AnswerLine;
      answers.set(kept.id, kept);
    }
    say(`${answers.size} answers kept from ${log}.`);
  }
  const startMs = Date.now();
  let asked = 0;
  for (const [index, question] of questions.entries()) {
    if (answers.has(question.id)) continue;
    const answer = await askOne(page, question, backend);
    answers.set(question.id, answer);
    appendFileSync(log, `${JSON.stringify(answer)}\n`);
    asked += 1;
    if (asked % 50 === 0) {
      const leftMin = (((Date.now() - startMs) / asked) * (questions.length - index - 1)) / 60_000;
      say(`${index + 1} of ${questions.length}, about ${leftMin.toFixed(1)} min left`);
    }
  }
  return answers;
}

async function askOne(page: Page, question: Question, backend: BackendChoice): Promise<AnswerLine> {
  const { id, file, task, label, text } = question;
  const request = { filePath: file, task, label, backend, ...(text === null ? {} : { text }) };
  try {
    return lineOf(id, await analyzeInPage(page, request, QUESTION_TIMEOUT_MS, () => undefined));
  } catch (thrown) {
    const { code, message } = NadirError.from(thrown);
    return {
      id,
      text: '',
      boxes: [],
      statedCount: null,
      malformedBoxes: 0,
      stopReasons: [],
      answerMs: 0,
      error: `${code}: ${message}`,
    };
  }
}

function lineOf(id: string, { text, features, counts, answer, timings }: AnalyzeResult): AnswerLine {
  return {
    id,
    text,
    boxes: features.flatMap(({ properties }) => {
      const corners = properties?.pixelCorners as AnswerLine['boxes'][number]['corners'] | undefined;
      return corners ? [{ corners, score: (properties?.score as number | null) ?? null }] : [];
    }),
    statedCount: counts.stated,
    malformedBoxes: answer.raw.reduce((sum, { malformedBoxes }) => sum + malformedBoxes, 0),
    stopReasons: answer.raw.map(({ stopReason }) => stopReason),
    answerMs: timings.answerMs,
    error: null,
  };
}

function fromCaller(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

await main();
