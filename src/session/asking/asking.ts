import { batch, computed, type ReadonlySignal } from '@preact/signals';
import type { PixelWindow } from '../../geo/types.ts';
import type { SceneInfo } from '../../imagery/image.ts';
import type { BandTile } from '../../imagery/tiles.ts';
import { NadirError } from '../../lib/errors.ts';
import { taskOf } from '../../tasks/table.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import type { VlmApi } from '../../workers/vlm/api.ts';
import { DEFAULT_GENERATION } from '../answer/generation.ts';
import { concludeAnswer } from '../answer/outcome.ts';
import type { EarlierImage } from '../compare/earlier-image.ts';
import type { Answer, OpenScene } from '../document.ts';
import { newId } from '../ids.ts';
import { chooseRegion } from '../layers/region.ts';
import { isSameAdapter } from '../model/adapter.ts';
import type { ModelKeeper } from '../model/model.ts';
import type { WorkerHost } from '../model/worker-host.ts';
import type { SceneKeeper } from '../opening/scene.ts';
import { joinSightings, pointedAt } from '../review/objects.ts';
import { replaceRepeated } from '../review/repeated.ts';
import { answersOfActive, objectsOfLayer, patchAnswer, type SessionState } from '../state.ts';
import { coverageOf, doneOf, endedAs } from './coverage.ts';
import { emptyGathering, type Gathered, resumeGathering } from './gathering.ts';
import { inputBandsFor } from './input-bands.ts';
import { asShown } from './model-tile.ts';
import type { AskInput, AskingPort, RunPulse } from './port.ts';
import { buildQuestion, labelIn } from './question.ts';
import { modelInputOf, readSlices, type SliceRun } from './run.ts';
import { watchRun } from './run-pulse.ts';
import { planSlices } from './slices.ts';
import { typedTask } from './typed-task.ts';

/** Merging the boxes of many tiles after each tile would take longer than the tiles. */
const PUBLISH_EVERY_MS = 400;

/** Answers questions one at a time, slice by slice; a run can be stopped between tiles and tokens. */
export class Asking implements AskingPort {
  readonly answers: ReadonlySignal<Answer[]>;
  readonly running: ReadonlySignal<string | null>;
  readonly pulse: ReadonlySignal<RunPulse | null>;
  private readonly state: SessionState;
  private readonly scenes: SceneKeeper;
  private readonly earlierImage: EarlierImage;
  private readonly models: ModelKeeper;
  private readonly vlm: () => WorkerHost<VlmApi>;
  private current: { answerId: string; abort: AbortController } | null = null;
  private preparing = false;
  private readonly gathered = new Map<string, Gathered>();

  constructor(
    state: SessionState,
    scenes: SceneKeeper,
    earlierImage: EarlierImage,
    models: ModelKeeper,
    vlm: () => WorkerHost<VlmApi>,
  ) {
    this.state = state;
    this.answers = computed(() => answersOfActive(state));
    this.running = state.running;
    this.pulse = state.pulse;
    this.scenes = scenes;
    this.earlierImage = earlierImage;
    this.models = models;
    this.vlm = vlm;
  }

  async ask(input: AskInput): Promise<Answer> {
    const { answer, run } = await this.alone(async () => {
      const before = this.requireScene();
      const { model, backend } = await this.models.ready();
      const prepared = this.prepare(input, { scene: this.requireScene(before), model, backend });
      this.state.answers.value = [...this.state.answers.value, prepared.answer];
      this.begin(prepared.answer);
      return prepared;
    });
    return this.run(answer, run, emptyGathering());
  }

  async retryFailed(answerId: string): Promise<Answer> {
    const answer = await this.alone(async () => {
      this.requireScene();
      const { model } = await this.models.ready();
      const found = this.state.answers.value.find((candidate) => candidate.id === answerId);
      if (!found) throw new NadirError('ANSWER_OUTDATED', 'That answer is no longer there. Ask again.');
      if (!isSameAdapter(found.adapter, this.state.adapter.value.info)) {
        throw new NadirError('ANSWER_OUTDATED', 'The adapter has changed since this was answered. Ask again.');
      }
      if (found.model.hash !== model.hash) {
        throw new NadirError('ANSWER_OUTDATED', 'The model has changed since this was answered. Ask again.');
      }
      const { info } = this.scenes.layers.find(found.layerId) ?? this.requireScene();
      if (taskOf(found.task).needs.before && !this.isComparedWith(found, info)) {
        throw new NadirError(
          'ANSWER_OUTDATED',
          'The earlier image, or how it is shown, has changed since this was answered. Ask again.',
        );
      }
      if (found.failedTiles.length > 0) this.begin(found);
      return found;
    });
    if (answer.failedTiles.length === 0) return answer;
    const gathered = this.gathered.get(answerId) ?? resumeGathering(answer, this.state.objects.value);
    const windows = answer.failedTiles.map(({ tile }) => tile);
    gathered.failedTiles = [];
    const after = this.scenes.layers.find(answer.layerId)?.info ?? this.requireScene().info;
    const run = this.runOf(answer, windows, { label: labelIn(answer.model, answer.label ?? ''), after });
    // A page that is closed before the first tile is done leaves the answer as it was.
    const ifCut = { text: answer.text, runs: answer.runs };
    patchAnswer(this.state, answerId, { status: 'running', error: null, ifCut });
    return this.run(answer, run, gathered);
  }

  async readModelInput(answer: Answer, tile: PixelWindow, signal: AbortSignal): Promise<BandTile> {
    return asShown(await this.scenes.readBands(modelInputOf(answer, tile), signal));
  }

  stop(answerId: string): void {
    if (this.current?.answerId === answerId) this.current.abort.abort();
  }

  /** Whether the earlier image is still the one that the answer is about. Errors: as `EarlierImage.required`. */
  private isComparedWith({ before, bands }: Answer, after: SceneInfo): boolean {
    const now = this.earlierImage.recordOf(this.earlierImage.required(after), after, bands);
    return JSON.stringify(now) === JSON.stringify(before);
  }

  /** Stops the running question, before another scene or model replaces its own. */
  stopAll(): void {
    this.current?.abort.abort();
  }

  private begin(answer: Answer): void {
    this.current = { answerId: answer.id, abort: new AbortController() };
    this.state.running.value = answer.id;
  }

  private prepare(
    given: AskInput,
    { scene, model, backend }: { scene: OpenScene; model: ModelInfo; backend: Answer['backend'] },
  ): { answer: Answer; run: SliceRun } {
    const { info } = scene;
    const drawn = this.state.region.value;
    const typed = taskOf(given.task).needs.text === 'required' ? typedTask(model, given.text ?? '') : null;
    const input = typed ? { ...given, ...typed } : given;
    const { needs } = taskOf(input.task);
    if (needs.region && !drawn && (input.region === undefined || input.region === 'scene')) {
      throw new NadirError(
        'QUESTION_INCOMPLETE',
        'No region is marked. Draw a box around the object, then identify it.',
      );
    }
    const before = needs.before ? this.earlierImage.required(info) : null;
    const { question, asked, label } = buildQuestion(model, input.task, input.label ?? null, input.text ?? '');
    const region = chooseRegion(input.region, {
      width: info.width,
      height: info.height,
      drawn,
      view: this.state.view.value,
    });
    const gsd = info.gsdMetres;
    const gsdMetres = gsd ? (gsd.x + gsd.y) / 2 : null;
    const plan = planSlices({
      task: input.task,
      mode: input.slicing ?? 'auto',
      region: region.window,
      scene: { x: 0, y: 0, width: info.width, height: info.height },
      gsdMetres,
      model,
    });
    const inputBands = inputBandsFor(model.bands, scene);
    if (before) this.earlierImage.inputBandsFor(before, info, model, inputBands);
    const answer: Answer = {
      id: newId('a'),
      layerId: scene.layerId,
      createdAt: new Date().toISOString(),
      task: input.task,
      label: label?.className ?? label?.singular ?? null,
      question: typed ? (given.text ?? question).trim() : question,
      prompt: '',
      asked,
      region: region.window,
      regionKind: region.kind,
      status: 'running',
      text: '',
      runs: [],
      raw: [],
      counts: { stated: null, merged: 0 },
      scores: {},
      numbers: {},
      progress: { done: 0, total: plan.windows.length, elapsedMs: 0 },
      timings: null,
      error: null,
      failedTiles: [],
      model,
      adapter: this.state.adapter.value.info,
      backend,
      bands: scene.bands,
      inputBands,
      stretch: scene.stretch,
      slicing: plan.mode,
      generation: { ...DEFAULT_GENERATION, ...input.generation },
      gsdMetres,
      ...(plan.of > plan.windows.length && { sampledFrom: plan.of }),
      ...(before && { before: this.earlierImage.recordOf(before, info, scene.bands) }),
    };
    return { answer, run: this.runOf(answer, plan.windows, { label, after: info }) };
  }

  private runOf(answer: Answer, windows: SliceRun['windows'], asked: Pick<SliceRun, 'label' | 'after'>): SliceRun {
    return {
      answer,
      windows,
      ...asked,
      options: { ...DEFAULT_GENERATION, ...answer.generation, stop: [] },
    };
  }

  private async run(answer: Answer, run: SliceRun, gathered: Gathered): Promise<Answer> {
    const signal = this.current?.abort.signal ?? AbortSignal.abort();
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
      return this.finish(answer, run, gathered, elapsedMs());
    } catch (thrown) {
      const error = NadirError.from(thrown);
      this.publish(answer, run, gathered, { status: 'failed', elapsedMs: elapsedMs(), streamed });
      patchAnswer(this.state, answer.id, { error: error.toData() });
      return this.latest(answer);
    } finally {
      clock.stop();
      this.current = null;
      this.state.running.value = null;
    }
  }

  private finish(answer: Answer, run: SliceRun, gathered: Gathered, elapsedMs: number): Answer {
    const status = endedAs(coverageOf(gathered, answer.progress.total));
    this.publish(answer, run, gathered, { status, elapsedMs });
    if (status === 'failed') patchAnswer(this.state, answer.id, { error: gathered.failedTiles[0]?.error ?? null });
    return this.latest(answer);
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

  private latest(answer: Answer): Answer {
    return this.state.answers.value.find((candidate) => candidate.id === answer.id) ?? { ...answer, status: 'stopped' };
  }

  private requireScene(expected: OpenScene | null = null): OpenScene {
    const scene = this.state.scene.value;
    if (!scene) throw new NadirError('NO_IMAGE', 'No image is open. Open one, then ask.');
    if (expected && scene.info.id !== expected.info.id) {
      throw new NadirError('ABORTED', 'Another image was opened before the question could be asked.');
    }
    return scene;
  }

  /** Refuses a second question, also while the first still waits for the model. Errors: QUESTION_RUNNING. */
  private async alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.current || this.preparing) {
      throw new NadirError(
        'QUESTION_RUNNING',
        'A question is being answered already. Stop it, or wait until it is finished.',
      );
    }
    this.preparing = true;
    try {
      return await work();
    } finally {
      this.preparing = false;
    }
  }
}
