import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Page } from 'playwright';
import { NadirError } from '../src/lib/errors.ts';
import type { AnalyzeResult } from '../src/session/automation/analyze.ts';
import { attachInPage } from './adapter.ts';
import { type AnalyzeOptions, HELP, parseAnalyzeOptions, UsageError } from './analyze-options.ts';
import { ensureBrowser, launchBrowser, mayHaveGpu, NoBrowserError } from './browser.ts';
import { ensureBuilt } from './build.ts';
import { readModelFolder } from './evaluate/model-folder.ts';
import { EXIT, exitStatusOf } from './exit-status.ts';
import { analyzeInPage, openPage, type PageRequest, saveFromPage } from './page-driver.ts';
import { ProgressBar } from './progress-bar.ts';
import { serveDist } from './serve.ts';
import { addClassInPage } from './taught-class.ts';

const PORT = 4273;
const bar = new ProgressBar(process.stderr);
const say = (line: string) => {
  bar.clear();
  process.stderr.write(`${line}\n`);
};

async function main(): Promise<number> {
  const options = parseAnalyzeOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const file = options.file === null ? null : requireFile(options.file);
  const before = options.before === null ? null : requireFile(options.before);
  const batch = options.batch === null ? null : readBatch(options.batch);
  const found = ensureBrowser(say);
  if (options.verbose) say(`Browser: ${found.path} (${found.source})`);
  if (options.url === null) await ensureBuilt(say);
  const model = options.model === null ? null : fromCaller(options.model);
  if (model !== null) readModelFolder(model);
  const served = options.url === null ? await serveDist(PORT, () => undefined, model) : null;
  // Without a GPU, WebGPU can still be requested by name: slow, but correct.
  const webgpu = mayHaveGpu() ? 'hardware' : options.backend === 'webgpu' ? 'software' : 'hardware';
  const browser = await launchBrowser(found, { webgpu });
  try {
    const url = options.url ?? served?.url ?? '';
    const page = await openPage(browser, url, options.backend, options.verbose ? say : null);
    if (options.adapter !== null) await attachInPage(page, fromCaller(options.adapter));
    for (const path of options.classes) await addClassInPage(page, requireFile(path));
    if (batch) return await runBatch(page, batch, options);
    const result = await analyzeInPage(page, requestOf(options, file, before), options.timeoutMs, (p) => bar.show(p));
    bar.clear();
    for (const { path, format } of options.out) {
      await saveFromPage(page, { format: format.id, answerId: result.answer.id }, fromCaller(path), options.timeoutMs);
      const what = format.about ?? `${result.features.length} objects`;
      say(`Wrote ${what} to ${path} as ${format.label}.`);
    }
    report(result, options);
    return isPartial(result) ? EXIT.partial : EXIT.done;
  } finally {
    bar.clear();
    await browser.close();
    await served?.close();
  }
}

function requestOf(options: AnalyzeOptions, filePath: string | null, beforePath: string | null): PageRequest {
  return {
    filePath,
    beforePath,
    task: options.task,
    label: options.label,
    backend: options.backend,
    slicing: options.slicing,
    ...(options.sample === null ? {} : { sample: options.sample }),
    ...(options.text === null ? {} : { text: options.text }),
    ...(options.plan === null ? {} : { plan: options.plan }),
    ...(options.region === null ? {} : { region: options.region }),
  };
}

function report({ geojson: _geojson, ...result }: AnalyzeResult, { json }: AnalyzeOptions): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const { stated, merged } = result.counts;
  process.stdout.write(`${result.text}\n`);
  say(`${merged} objects${stated === null || stated === merged ? '' : `, where the model wrote ${stated}`}`);
  const { adapter, otherClassBoxes = 0 } = result.answer;
  if (otherClassBoxes > 0) say(`${otherClassBoxes} boxes of other classes were left out.`);
  say(
    `${result.model.name} ${result.model.version}${adapter ? ` + ${adapter.name}` : ''} · ${result.backend.label} (${result.backend.reason})`,
  );
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  const { loadMs, openMs, answerMs } = result.timings;
  say(`Model ${seconds(loadMs)} s · image ${seconds(openMs)} s · answer ${seconds(answerMs)} s`);
  for (const { tile, error } of result.answer.failedTiles) {
    say(`Tile at ${tile.x},${tile.y} failed: ${error.message} (${error.code})`);
  }
}

function isPartial({ answer }: Pick<AnalyzeResult, 'answer'>): boolean {
  return answer.status !== 'done' || answer.failedTiles.length > 0;
}

type BatchLine = Partial<Pick<PageRequest, 'task' | 'label' | 'text' | 'region' | 'slicing'>> & {
  file: string;
  before?: string;
};

/**
 * Prints one object per line, in order. A failed question is reported in its line, and the next one is asked. Returns
 * the exit status: that of the failures if they all have the same one.
 */
async function runBatch(page: Page, lines: BatchLine[], options: AnalyzeOptions): Promise<number> {
  const failures: number[] = [];
  for (const [index, line] of lines.entries()) {
    bar.show({ stage: 'ask', done: index, total: lines.length, note: line.file });
    try {
      const { file, before, ...rest } = line;
      const earlier = before === undefined ? null : requireFile(before);
      const request = { ...requestOf(options, requireFile(file), earlier), ...rest };
      const { geojson: _geojson, ...result } = await analyzeInPage(page, request, options.timeoutMs, () => undefined);
      process.stdout.write(`${JSON.stringify({ request: line, ...result })}\n`);
      if (isPartial(result)) failures.push(EXIT.partial);
    } catch (thrown) {
      const { code, message } = NadirError.from(thrown);
      process.stdout.write(`${JSON.stringify({ request: line, error: { code, message } })}\n`);
      failures.push(exitStatusOf(code));
    }
  }
  say(`${lines.length - failures.length} of ${lines.length} questions answered in full.`);
  const [first = EXIT.done, ...others] = failures;
  return others.every((status) => status === first) ? first : EXIT.other;
}

function readBatch(path: string): BatchLine[] {
  return readFileSync(requireFile(path), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      try {
        const request = JSON.parse(line) as BatchLine;
        if (typeof request.file === 'string') return request;
      } catch {
        // Reported below, with the line's number.
      }
      throw new UsageError(`Line ${index + 1} of ${path} is not a JSON object with a "file".`);
    });
}

function requireFile(path: string): string {
  const full = fromCaller(path);
  if (!existsSync(full) || !statSync(full).isFile()) {
    throw new NadirError('NOT_AN_IMAGE', `${path} is not a file that can be read. Check its path.`);
  }
  return full;
}

/** npm runs scripts in the repository's root, but paths are relative to the user's folder. */
function fromCaller(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

try {
  process.exitCode = await main();
} catch (thrown) {
  if (thrown instanceof UsageError) {
    say(`${thrown.message}\nSee npm run analyze -- --help.`);
    process.exitCode = EXIT.usage;
  } else if (thrown instanceof NoBrowserError) {
    say(thrown.message);
    process.exitCode = EXIT.browser;
  } else {
    const { code, message } = NadirError.from(thrown);
    say(`${message} (${code})`);
    if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
    process.exitCode = exitStatusOf(code);
  }
}
