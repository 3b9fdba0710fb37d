import { createWriteStream, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Browser, errors, type Page } from 'playwright';
import { NadirError } from '../src/lib/errors.ts';
import type { AnalyzeInput, AnalyzeResult } from '../src/session/automation/analyze.ts';
import type { AutomationProgress, Reply } from '../src/session/automation/automation.ts';
import { belongsTo, isSidecarName } from '../src/session/opening/file-groups.ts';

const POLL_MS = 200;

export interface PageRequest extends Omit<AnalyzeInput, 'file' | 'before'> {
  /** On disk; null for a sample. The page reads it in ranges and never copies it whole. */
  filePath: string | null;
  /** For `change`: the earlier image, on disk. */
  beforePath?: string | null;
}

/** A page of the app, ready for questions. `backend` keeps the page from first loading the model with another one. */
export async function openPage(
  browser: Browser,
  url: string,
  backend: AnalyzeInput['backend'],
  log: ((line: string) => void) | null,
): Promise<Page> {
  const page = await browser.newPage();
  if (log) {
    page.on('console', (message) => log(`page ${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => log(`page error: ${error.message}`));
  }
  await page.goto(`${url}?backend=${backend}`);
  await page.waitForFunction(() => globalThis.nadir !== undefined, undefined, { timeout: 60_000 });
  return page;
}

/**
 * Runs the page's own `analyze`. Errors: the page's own, as NadirError; OUT_OF_MEMORY if the page died; ABORTED after
 * `timeoutMs`.
 */
export async function analyzeInPage(
  page: Page,
  { filePath, beforePath = null, ...input }: PageRequest,
  timeoutMs: number,
  onProgress: (progress: AutomationProgress) => void,
): Promise<AnalyzeResult> {
  if (filePath !== null) await page.locator('#scene-file').setInputFiles([filePath, ...sidecarsOf(filePath)]);
  if (beforePath !== null) await page.locator('#before-file').setInputFiles(beforePath);
  const poll = setInterval(() => {
    void page
      .evaluate(() => globalThis.nadir?.progress() ?? null)
      .then((progress) => progress && onProgress(progress))
      .catch(() => undefined);
  }, POLL_MS);
  let timer: NodeJS.Timeout | undefined;
  let onCrash: () => void = () => undefined;
  const died = new Promise<never>((_, reject) => {
    onCrash = () => {
      reject(new NadirError('OUT_OF_MEMORY', "The browser's page crashed, most likely because it ran out of memory."));
    };
    page.once('crash', onCrash);
    timer = setTimeout(
      () => reject(new NadirError('ABORTED', `Not finished after ${timeoutMs / 1000} s. Give more with --timeout.`)),
      timeoutMs,
    );
  });
  try {
    const reply = await Promise.race([page.evaluate((request) => globalThis.nadir!.analyze(request), input), died]);
    return resultOf(reply);
  } catch (thrown) {
    if (thrown instanceof errors.TimeoutError) throw new NadirError('ABORTED', thrown.message, { cause: thrown });
    throw thrown;
  } finally {
    page.off('crash', onCrash);
    clearInterval(poll);
    clearTimeout(timer);
  }
}

/**
 * Saves an answer to `path` through the page's own download. Errors: the page's own, as NadirError; ABORTED after
 * `timeoutMs`.
 */
export async function saveFromPage(
  page: Page,
  { format, answerId }: { format: string; answerId: string },
  path: string,
  timeoutMs: number,
): Promise<void> {
  const started = page.waitForEvent('download', { timeout: timeoutMs });
  // If the page refuses, no download starts.
  started.catch(() => undefined);
  resultOf(await page.evaluate(([id, answer]) => globalThis.nadir!.save(id, [answer]), [format, answerId] as const));
  const download = await started;
  await pipeline(await download.createReadStream(), createWriteStream(path));
}

function resultOf<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.result;
  throw NadirError.fromData(reply.error);
}

/** The sidecars of an image, by name, that a person would drop with it. */
export function sidecarsOf(path: string): string[] {
  const folder = dirname(path);
  return readdirSync(folder)
    .filter((name) => isSidecarName(name) && belongsTo(name, basename(path)))
    .map((name) => join(folder, name));
}
