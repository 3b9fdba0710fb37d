import { type ErrorData, NadirError } from '../../lib/errors.ts';
import { taskOf } from '../../tasks/table.ts';
import type { ExportedFile } from '../exporting/port.ts';
import type { InspectInput, InspectResult } from '../model/port.ts';
import { groupFiles } from '../opening/file-groups.ts';
import type { Session } from '../port.ts';
import { type AnalyzeInput, type AnalyzeResult, analyze, openOnly } from './analyze.ts';
import { until } from './until.ts';

/** Plain data from the page to the command line; errors are data, too. */
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
   * Analyses the file chosen last through the page's `input[type=file]` if `input` names neither file nor sample; for `change`,
   * compared with the file chosen after it through `#before-file`. If a file can't be opened, the reply is the error, and nothing
   * stays open. Never rejects.
   */
  analyze(input: AnalyzeInput): Promise<AutomationReply>;
  /** What the model's heads see on the chosen file, and the masks of given boxes. Waits for the model. Never rejects. */
  look(input: InspectInput): Promise<Reply<InspectResult>>;
  /**
   * Saves answers of the active layer, default all, as the page does: through the browser's download, in a format of the
   * export table. Replies once the download has begun. Never rejects.
   */
  save(formatId: string, answerIds?: string[]): Promise<Reply<{ fileName: string }>>;
  /** How far the analysis is; null when none runs. */
  progress(): AutomationProgress | null;
}

/** Ids of the inputs for the image and for the earlier image of a comparison. */
const SCENE_INPUT = 'scene-file';
const BEFORE_INPUT = 'before-file';

declare global {
  var nadir: Automation | undefined;
}

/**
 * Publishes `globalThis.nadir` for the command line and the tests, which drive the page's own session. `download` starts a
 * download of the page.
 */
export function installAutomation(session: Session, download: (file: ExportedFile) => void): Automation {
  const chosen = keepChosenFiles();
  const lastOpeningMs = timeOpenings(session);
  const idle = async (): Promise<void> => {
    await until(session.opening.name, (name) => name === null);
    await until(session.comparison.opening, (name) => name === null);
  };
  const automation: Automation = {
    session,
    analyze: (input) =>
      replyTo(async () => {
        if (input.file !== undefined || input.sample !== undefined) chosen.forget();
        const { main, sidecars, before } = chosen.files();
        await idle();
        const isMainOpen = main !== undefined && session.opening.isOpen(main);
        const request = { ...input };
        if (main !== undefined && !isMainOpen) Object.assign(request, { file: main, sidecars });
        if (taskOf(input.task).needs.before && input.before === undefined && before !== undefined) {
          // The page's earlier image belongs to the open image, not to the one that `analyze` opens.
          if (!isMainOpen || !session.comparison.isOpen(before)) request.before = before;
        }
        const result = await analyze(session, request);
        if (!isMainOpen) return result;
        return { ...result, timings: { ...result.timings, openMs: lastOpeningMs() } };
      }),
    look: (input) =>
      replyTo(async () => {
        const { main, sidecars } = chosen.files();
        await idle();
        if (main !== undefined && !session.opening.isOpen(main)) {
          await openOnly(session, () => session.opening.openFile(main, sidecars));
        }
        return session.model.inspect(input);
      }),
    save: (formatId, answerIds) =>
      replyTo(async () => {
        const file = await session.exporting.exportAs(formatId, answerIds);
        download(file);
        return { fileName: file.fileName };
      }),
    progress: () => progressOf(session),
  };
  globalThis.nadir = automation;
  return automation;
}

async function replyTo<T>(work: () => Promise<T>): Promise<Reply<T>> {
  try {
    return { ok: true, result: await work() };
  } catch (thrown) {
    return { ok: false, error: NadirError.from(thrown).toData() };
  }
}

interface Chosen {
  main?: File;
  sidecars?: File[];
  before?: File;
}

/**
 * Remembers the chosen files, because the page opens a chosen file at once and clears its input. An earlier image belongs to the
 * image that was chosen before it, and is forgotten with it.
 */
function keepChosenFiles(): { files(): Chosen; forget(): void } {
  let last: Chosen = {};
  if (typeof document !== 'undefined') {
    document.addEventListener(
      'change',
      ({ target }) => {
        if (!(target instanceof HTMLInputElement) || target.type !== 'file') return;
        const files = [...(target.files ?? [])];
        const [image] = groupFiles(files).groups;
        if (target.id === SCENE_INPUT && image) last = image;
        else if (target.id === BEFORE_INPUT && files[0]) last = { ...last, before: files[0] };
      },
      { capture: true },
    );
  }
  return {
    files: () => last,
    forget: () => {
      last = {};
    },
  };
}

/** How long the last file took to open, whoever asked for it. */
function timeOpenings({ opening }: Pick<Session, 'opening'>): () => number {
  let startMs: number | null = null;
  let lastMs = 0;
  opening.name.subscribe((name) => {
    if (name !== null) startMs = performance.now();
    else if (startMs !== null) lastMs = performance.now() - startMs;
  });
  return () => lastMs;
}

function progressOf(session: Pick<Session, 'asking' | 'comparison' | 'model' | 'opening'>): AutomationProgress | null {
  const opening = session.opening.name.value ?? session.comparison.opening.value;
  if (opening !== null) return { stage: 'open', done: 0, total: 0, note: opening };
  const running = session.asking.answers.value.find((answer) => answer.id === session.asking.running.value);
  if (running) {
    const { done, total } = running.progress;
    return { stage: 'ask', done, total, note: running.text };
  }
  const model = session.model.state.value;
  if (model.status !== 'loading') return null;
  const { loadedBytes = 0, totalBytes = 0, phase = 'download' } = model.progress ?? {};
  return { stage: 'load', done: loadedBytes, total: totalBytes, note: phase };
}
