import { type ErrorData, NadirError } from '../lib/errors.ts';
import { type AnalyzeInput, type AnalyzeResult, analyze } from './analyze.ts';
import type { InspectInput, InspectResult, Session } from './types.ts';
import { until } from './until.ts';

/** What crosses from the page to the command line: plain data, with errors as data too. */
export type Reply<T> = { ok: true; result: T } | { ok: false; error: ErrorData };
export type AutomationReply = Reply<AnalyzeResult>;

export interface AutomationProgress {
  stage: 'open' | 'load' | 'ask';
  /** Bytes while loading, slices while asking; total 0 when unknown. */
  done: number;
  total: number;
  note: string;
}

export interface Automation {
  session: Session;
  /**
   * The file chosen through the page's `input[type=file]` when `input` names neither file nor sample, and for `change` the
   * one chosen through `#before-file`. Never rejects.
   */
  analyze(input: AnalyzeInput): Promise<AutomationReply>;
  /** What the model's heads see on the open scene, and masks of given boxes, once the model is loaded. Never rejects. */
  look(input: InspectInput): Promise<Reply<InspectResult>>;
  /** How far the analysis is; null when none runs. */
  progress(): AutomationProgress | null;
}

/** Id of the input that the earlier image of a comparison is chosen with. */
const BEFORE_INPUT = 'before-file';

declare global {
  var nadir: Automation | undefined;
}

/** Publishes `globalThis.nadir` for the command line and the tests; both drive the very session of the page. */
export function installAutomation(session: Session): Automation {
  const chosen = keepChosenFile((id) => id !== BEFORE_INPUT);
  const chosenBefore = keepChosenFile((id) => id === BEFORE_INPUT);
  const lastOpeningMs = timeOpenings(session);
  const automation: Automation = {
    session,
    analyze: async (input) => {
      try {
        const file = input.file === undefined && input.sample === undefined ? chosen() : undefined;
        const isMainOpen = file !== undefined && (await isOpen(session, file));
        const request = { ...input, ...(file !== undefined && !isMainOpen && { file }) };
        const before = input.task === 'change' && input.before === undefined ? chosenBefore() : undefined;
        if (before !== undefined && !(await isOpenBefore(session, before))) request.before = before;
        const result = await analyze(session, request);
        if (!isMainOpen) return { ok: true, result };
        return { ok: true, result: { ...result, timings: { ...result.timings, openMs: lastOpeningMs() } } };
      } catch (thrown) {
        return { ok: false, error: NadirError.from(thrown).toData() };
      }
    },
    look: async (input) => {
      try {
        await until(session.opening, (name) => name === null);
        return { ok: true, result: await session.inspect(input) };
      } catch (thrown) {
        return { ok: false, error: NadirError.from(thrown).toData() };
      }
    },
    progress: () => progressOf(session),
  };
  globalThis.nadir = automation;
  return automation;
}

/** The page opens a chosen file and clears its input, so the choice is noted as it is made. */
function keepChosenFile(isMeant: (inputId: string) => boolean): () => File | undefined {
  let last: File | undefined;
  if (typeof document !== 'undefined') {
    document.addEventListener(
      'change',
      ({ target }) => {
        if (!(target instanceof HTMLInputElement) || target.type !== 'file' || !isMeant(target.id)) return;
        last = target.files?.[0] ?? last;
      },
      { capture: true },
    );
  }
  return () => last;
}

/** How long the last file took to open, whoever asked for it. */
function timeOpenings(session: Session): () => number {
  let startMs: number | null = null;
  let lastMs = 0;
  session.opening.subscribe((name) => {
    if (name !== null) startMs = performance.now();
    else if (startMs !== null) lastMs = performance.now() - startMs;
  });
  return () => lastMs;
}

/** Whether the page has opened the chosen file by itself; a failure is met again, as an error, by opening it once more. */
async function isOpen(session: Session, file: File): Promise<boolean> {
  await until(session.opening, (name) => name === null);
  const info = session.scene.value?.info;
  return info?.fileName === file.name && info.sizeBytes === file.size;
}

/** As `isOpen`, for the earlier image. */
async function isOpenBefore(session: Session, file: File): Promise<boolean> {
  await until(session.openingBefore, (name) => name === null);
  const info = session.before.value?.info;
  return info?.fileName === file.name && info.sizeBytes === file.size;
}

function progressOf(session: Session): AutomationProgress | null {
  const opening = session.opening.value ?? session.openingBefore.value;
  if (opening !== null) return { stage: 'open', done: 0, total: 0, note: opening };
  const running = session.answers.value.find((answer) => answer.id === session.running.value);
  if (running) {
    const { done, total } = running.progress;
    return { stage: 'ask', done, total, note: running.text };
  }
  const model = session.model.value;
  if (model.status !== 'loading') return null;
  const { loadedBytes = 0, totalBytes = 0, phase = 'download' } = model.progress ?? {};
  return { stage: 'load', done: loadedBytes, total: totalBytes, note: phase };
}
