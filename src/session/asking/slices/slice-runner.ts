import { batch } from '@preact/signals';
import type { PixelWindow } from '../../../geo/types.ts';
import { NadirError } from '../../../lib/errors.ts';
import type { VlmApi } from '../../../workers/vlm/api.ts';
import { DEFAULT_GENERATION } from '../../answer/generation.ts';
import { concludeAnswer } from '../../answer/outcome.ts';
import type { EarlierImage } from '../../compare/earlier-image.ts';
import type { Answer } from '../../document.ts';
import type { ModelKeeper } from '../../model/model.ts';
import type { WorkerHost } from '../../model/worker-host.ts';
import type { SceneKeeper } from '../../opening/scene.ts';
import { joinSightings, pointedAt } from '../../review/objects.ts';
import { replaceRepeated } from '../../review/repeated.ts';
import { objectsOfLayer, patchAnswer, type SessionState } from '../../state.ts';
import { coverageOf, doneOf, endedAs } from './coverage.ts';
import { emptyGathering, type Gathered, resumeGathering } from './gathering.ts';
import { readSlices, type SliceRun } from './run.ts';
import { watchRun } from './run-pulse.ts';

/** Merging the boxes of many tiles after each tile would take longer than the tiles. */
const PUBLISH_EVERY_MS = 400;

/** Answers that a task gets from the model's own words, slice by slice. */
export class SliceRunner {
  private readonly state: SessionState;
  private readonly scenes: SceneKeeper;
  private readonly earlierImage: EarlierImage;
  private readonly models: ModelKeeper;
  private readonly vlm: () => WorkerHost<VlmApi>;
  private readonly gathered = new Map<string, Gathered>();

  constructor(
    state: SessionState,
    scenes: SceneKeeper,
    earlierImage: EarlierImage,
    models: ModelKeeper,
    vlm: () => WorkerHost<VlmApi>,
  ) {
    this.state = state;
    this.scenes = scenes;
    this.earlierImage = earlierImage;
    this.models = models;
    this.vlm = vlm;
  }

  /** Never rejects: a failure is in the answer. */
  start(answer: Answer, windows: PixelWindow[], asked: Asked, signal: AbortSignal): Promise<void> {
    return this.run(answer, runOf(answer, windows, asked), emptyGathering(), signal);
  }

  /** Asks again about the slices that failed, and merges the results into the same answer. Never rejects. */
  retry(answer: Answer, asked: Asked, signal: AbortSignal): Promise<void> {
    const gathered = this.gathered.get(answer.id) ?? resumeGathering(answer, this.state.objects.value);
    const windows = answer.failedTiles.map(({ tile }) => tile);
    gathered.failedTiles = [];
    // A page that is closed before the first tile is done leaves the answer as it was.
    const ifCut = { text: answer.text, runs: answer.runs };
    patchAnswer(this.state, answer.id, { status: 'running', error: null, ifCut });
    return this.run(answer, runOf(answer, windows, asked), gathered, signal);
  }

  private async run(answer: Answer, run: SliceRun, gathered: Gathered, signal: AbortSignal): Promise<void> {
    this.gathered.set(answer.id, gathered);
    const startedMs = performance.now();
    const total = answer.progress.total;
    let publishedMs = Number.NEGATIVE_INFINITY;
    let streamed = '';
    const elapsedMs = () => performance.now() - startedMs;
    const clock = watchRun(this.state.pulse, run.windows.length, () => [this.vlm().pulse, this.scenes.pulse]);
    try {
      await readSlices(
        run,
        gathered,
        { scenes: this.scenes, earlierImage: this.earlierImage, models: this.models, vlm: this.vlm, signal },
        {
          text: (text) => {
            streamed = text;
            if (total === 1) patchAnswer(this.state, answer.id, { text, runs: [{ text, objectIds: [] }] });
          },
          sliceDone: () => {
            clock.sliceDone();
            const done = doneOf(coverageOf(gathered, total));
            patchAnswer(this.state, answer.id, { progress: { done, total, elapsedMs: elapsedMs() } });
            if (total === 1 || performance.now() - publishedMs < PUBLISH_EVERY_MS) return;
            publishedMs = performance.now();
            this.publish(answer, run, gathered, { status: 'running', elapsedMs: elapsedMs() });
          },
        },
      );
      this.finish(answer, run, gathered, elapsedMs());
    } catch (thrown) {
      const error = NadirError.from(thrown);
      this.publish(answer, run, gathered, { status: 'failed', elapsedMs: elapsedMs(), streamed });
      patchAnswer(this.state, answer.id, { error: error.toData() });
    } finally {
      clock.stop();
    }
  }

  private finish(answer: Answer, run: SliceRun, gathered: Gathered, elapsedMs: number): void {
    const status = endedAs(coverageOf(gathered, answer.progress.total));
    this.publish(answer, run, gathered, { status, elapsedMs });
    if (status === 'failed') patchAnswer(this.state, answer.id, { error: gathered.failedTiles[0]?.error ?? null });
  }

  private publish(
    answer: Answer,
    run: SliceRun,
    gathered: Gathered,
    now: { status: Answer['status']; elapsedMs: number; streamed?: string },
  ): void {
    const shown = this.state.answers.value.find((candidate) => candidate.id === answer.id);
    // The answer was removed, or everything was closed, while it ran.
    if (!shown) return;
    const { composed, ifCut, coverage, objects, counts, otherClassBoxes } = concludeAnswer({
      answer,
      label: run.label,
      gathered,
      scene: { x: 0, y: 0, width: run.after.width, height: run.after.height },
      total: answer.progress.total,
      status: now.status,
      streamed: answer.progress.total === 1 ? (now.streamed ?? '') : '',
    });
    const { here, elsewhere } = objectsOfLayer(this.state, answer.layerId);
    const since = answer.before?.imageId;
    const seen = since === undefined ? objects : objects.map((object) => ({ ...object, since }));
    const joined = joinSightings(here, seen, answer.id);
    const { classes } = answer.model;
    batch(() => {
      this.state.objects.value = [...elsewhere, ...joined.objects];
      patchAnswer(this.state, answer.id, {
        ...pointedAt(composed, joined.objectOf, classes),
        ifCut: ifCut && pointedAt(ifCut, joined.objectOf, classes),
        coverage,
        counts,
        status: now.status,
        prompt: gathered.prompt,
        raw: [...gathered.raw],
        scores: gathered.scores,
        numbers: gathered.numbers,
        blank: { ...gathered.blank },
        otherClassBoxes,
        timings: gathered.timings,
        failedTiles: [...gathered.failedTiles],
        progress: { ...shown.progress, elapsedMs: now.elapsedMs },
      });
      if (now.status === 'done') replaceRepeated(this.state, answer.id);
    });
  }
}

/** The label asked for, and the image. */
type Asked = Pick<SliceRun, 'label' | 'after'>;

function runOf(answer: Answer, windows: SliceRun['windows'], asked: Asked): SliceRun {
  return {
    answer,
    windows,
    ...asked,
    options: { ...DEFAULT_GENERATION, ...answer.generation, stop: [] },
  };
}
