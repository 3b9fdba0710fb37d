import { computed, type ReadonlySignal } from '@preact/signals';
import type { PixelWindow } from '../../geo/types.ts';
import { meanGsd, type SceneInfo } from '../../imagery/image.ts';
import type { BandTile } from '../../imagery/tiles.ts';
import { NadirError } from '../../lib/errors.ts';
import { keyOf, layersIn, type Plan, subjectsNeeded } from '../../plan/plan.ts';
import { writePlan, writeTwo, writeUnsure } from '../../plan/write/write.ts';
import { taskOf } from '../../tasks/table.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import type { VlmApi } from '../../workers/vlm/api.ts';
import type { CommandRunner } from '../commands/command-runner.ts';
import type { EarlierImage } from '../compare/earlier-image.ts';
import type { Answer, OpenScene } from '../document.ts';
import type { EvidenceStore } from '../evidence/evidence-store.ts';
import type { PlanWorker } from '../evidence/plan-run.ts';
import { PlanRunner } from '../evidence/plan-runner.ts';
import type { PlannedQuestion } from '../evidence/planned-question.ts';
import { answerFact } from '../facts/fact-answer.ts';
import type { VectorLayers } from '../layers/vectors.ts';
import { isSameAdapter } from '../model/adapter.ts';
import type { ModelKeeper } from '../model/model.ts';
import { knowsScale } from '../model/scales.ts';
import type { WorkerHost } from '../model/worker-host.ts';
import type { SceneKeeper } from '../opening/scene.ts';
import { replaceRepeated } from '../review/repeated.ts';
import { answersOfActive, patchAnswer, type SessionState } from '../state.ts';
import { taughtOf, withTaught } from '../teaching/taught-model.ts';
import { type AskedOf, chosenRegion, newAnswer } from './new-answer.ts';
import { wantsOutlines } from './outlines.ts';
import type { AskInput, AskingPort, RunPulse } from './port.ts';
import { buildQuestion, labelIn } from './question.ts';
import { mayAsk, type Reading, readQuestion, readWithoutModel } from './reading.ts';
import { inputBandsOf } from './slices/input-bands.ts';
import { asShown } from './slices/model-tile.ts';
import { modelInputOf } from './slices/run.ts';
import { SliceRunner } from './slices/slice-runner.ts';
import { planSlices, type SlicePlan } from './slices/slices.ts';
import { NO_BACKEND, NO_MODEL, withRegionNamed } from './without-model.ts';

/** An answer that is about to be found. `work` never rejects, and ends early when the signal aborts. */
interface Begun {
  answer: Answer;
  work(signal: AbortSignal): Promise<void>;
}

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
  private readonly slices: SliceRunner;
  private readonly plans: PlanRunner;
  private readonly commands: CommandRunner;
  private readonly vectors: Pick<VectorLayers, 'places' | 'polygonsNamed'>;
  private current: { answerId: string; abort: AbortController } | null = null;
  private preparing = false;

  constructor(
    state: SessionState,
    scenes: SceneKeeper,
    earlierImage: EarlierImage,
    models: ModelKeeper,
    vlm: () => WorkerHost<VlmApi>,
    plans: PlanWorker,
    commands: CommandRunner,
    vectors: Pick<VectorLayers, 'places' | 'polygonsNamed'>,
    evidence: EvidenceStore,
  ) {
    this.state = state;
    this.vectors = vectors;
    this.commands = commands;
    this.answers = computed(() => answersOfActive(state));
    this.running = state.running;
    this.pulse = state.pulse;
    this.scenes = scenes;
    this.earlierImage = earlierImage;
    this.models = models;
    this.vlm = vlm;
    this.slices = new SliceRunner(state, scenes, earlierImage, models, vlm);
    this.plans = new PlanRunner(state, scenes, models, vlm, plans, evidence);
  }

  async ask(input: AskInput): Promise<Answer> {
    const begun = await this.alone(async () => {
      const before = this.requireScene();
      const isHidden = (noun: string) => this.commands.isHidden(noun);
      const known = readWithoutModel(input, isHidden);
      const isKnown = known !== null && !this.needsModel(input);
      const { model: loaded, backend } = isKnown ? this.loadedOrNone() : await this.models.ready();
      const model = withTaught(loaded, this.state.taught.value);
      const reading = isKnown
        ? known
        : await readQuestion(input, {
            model,
            isHidden,
            before: this.answers.value.findLast(({ plan }) => plan !== undefined)?.plan ?? null,
            hasRegion: this.state.region.value !== null,
            layers: this.vectors.places(),
            isOneView: (each) => this.isOneView(each, before, model),
            read: (question, last) => this.vlm().api.read(question, last),
          });
      const begun = this.prepareAs(reading, { scene: this.requireScene(before), model, backend });
      this.state.answers.value = [...this.state.answers.value, begun.answer];
      this.begin(begun.answer);
      return begun;
    });
    return this.runUntilEnd(begun);
  }

  needsModel(input: AskInput): boolean {
    const known = readWithoutModel(input, (noun) => this.commands.isHidden(noun));
    return known === null || (known.kind === 'command' && mayAsk(known.command));
  }

  /** What a command may use of a model: its words for classes. */
  private loadedOrNone(): Pick<AskedOf, 'model' | 'backend'> {
    const state = this.state.model.value;
    return state.status === 'ready' ? state.loaded : { model: NO_MODEL, backend: NO_BACKEND };
  }

  async runPlan(answerId: string, plan: Plan): Promise<Answer> {
    const begun = await this.alone(async () => {
      const { model } = await this.models.ready();
      const answer = this.requireAnswer(answerId);
      this.requireSame(answer, model);
      return this.beginAgain(answer, plan);
    });
    return this.runUntilEnd(begun);
  }

  async retryFailed(answerId: string): Promise<Answer> {
    const begun = await this.alone(async () => {
      this.requireScene();
      const { model } = await this.models.ready();
      const found = this.requireAnswer(answerId);
      this.requireSame(found, model);
      const { info } = this.scenes.layers.find(found.layerId) ?? this.requireScene();
      if (taskOf(found.task).needs.before && !this.isComparedWith(found, info)) {
        throw new NadirError(
          'ANSWER_OUTDATED',
          'The earlier image, or how it is shown, has changed since this was answered. Ask again.',
        );
      }
      if (found.failedTiles.length === 0) return { answer: found, work: async () => {} };
      if (found.plan) return this.beginAgain(found, found.plan);
      this.begin(found);
      const asked = { label: labelIn(found.model, found.label ?? ''), after: info };
      return { answer: found, work: (signal) => this.slices.retry(found, asked, signal) };
    });
    return this.runUntilEnd(begun);
  }

  /** A planned answer, in its own place: with another plan, or to look at what failed. */
  private beginAgain(answer: Answer, plan: Plan): Begun {
    const layer = this.scenes.layers.find(answer.layerId);
    if (!layer) throw new NadirError('ANSWER_OUTDATED', 'The image of that answer is closed. Open it, then ask again.');
    const drawn = answer.regionKind === 'drawn' ? answer.region : this.state.region.value;
    const question = this.planned(answer, plan, layer, drawn);
    const { readings: _, ...kept } = answer;
    // By another plan it answers another question than its task's.
    const asked = answer.plan && keyOf(answer.plan) === keyOf(plan) ? {} : { task: 'ask' as const, label: null };
    const ifCut = { text: answer.text, runs: answer.runs };
    this.state.answers.value = this.state.answers.value.map((each) =>
      each.id === answer.id ? { ...kept, ...asked, plan, status: 'running', error: null, ifCut } : each,
    );
    this.begin(answer);
    return { answer, work: (signal) => this.plans.run(question, signal) };
  }

  private requireAnswer(answerId: string): Answer {
    const found = this.state.answers.value.find((candidate) => candidate.id === answerId);
    if (!found) throw new NadirError('ANSWER_OUTDATED', 'That answer is no longer there. Ask again.');
    return found;
  }

  /** Errors: ANSWER_OUTDATED if another model or adapter is loaded now. */
  private requireSame(answer: Answer, model: ModelInfo): void {
    if (!isSameAdapter(answer.adapter, this.state.adapter.value.info)) {
      throw new NadirError('ANSWER_OUTDATED', 'The adapter has changed since this was answered. Ask again.');
    }
    if (answer.model.hash !== model.hash) {
      throw new NadirError('ANSWER_OUTDATED', 'The model has changed since this was answered. Ask again.');
    }
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

  private prepareAs(reading: Reading, on: AskedOf): Begun {
    switch (reading.kind) {
      case 'task':
        return this.prepare(reading.input, on);
      case 'plan':
        return this.preparePlan(reading, on);
      case 'fact':
        return this.prepareFact(reading, on);
      case 'command':
        return this.prepareCommand(reading, on);
    }
  }

  private prepareCommand(
    { input, command, language, asQuestion }: Extract<Reading, { kind: 'command' }>,
    on: AskedOf,
  ): Begun {
    const question = (input.text ?? '').trim();
    // A command that asks nothing works wherever the view is, and with any bands.
    const blank = mayAsk(command)
      ? newAnswer(this.state, input, on)
      : { ...newAnswer(this.state, { ...input, region: 'scene' }, { ...on, model: NO_MODEL }), model: on.model };
    const done: Answer = {
      ...blank,
      question,
      asked: { text: question, language },
      command: { kind: command.kind, undo: null },
    };
    const { scene: layer, model } = on;
    return {
      answer: done,
      work: async (signal) => {
        const ask = async (plan: Plan) => {
          patchAnswer(this.state, done.id, { plan });
          await this.plans.run(this.planned(done, plan, layer, this.state.region.value), signal);
          return this.latest(done);
        };
        const context = { answerId: done.id, layer, model, language, asQuestion };
        patchAnswer(this.state, done.id, await this.commands.run(command, context, ask));
      },
    };
  }

  private prepareFact({ input, fact, language }: Extract<Reading, { kind: 'fact' }>, on: AskedOf): Begun {
    const question = (input.text ?? '').trim();
    const { region: drawn, pointed } = this.state;
    const of = { scene: on.scene, model: NO_MODEL, backend: NO_BACKEND };
    const blank = newAnswer(this.state, withRegionNamed(input, fact, this.state), of);
    const answer: Answer = { ...blank, adapter: null, question, asked: { text: question, language } };
    const about = {
      layer: on.scene,
      region: answer,
      text: question,
      language,
      drawn: drawn.value,
      pointed: pointed.value,
    };
    return {
      answer,
      work: async (signal) => {
        const told = await answerFact(fact, about, this.scenes, signal);
        patchAnswer(this.state, answer.id, told);
        const place = told.runs?.find((run) => run.place)?.place;
        if (place) this.commands.pointTo(place);
        replaceRepeated(this.state, answer.id);
      },
    };
  }

  private prepare(input: AskInput, on: AskedOf): Begun {
    const { scene, model } = on;
    const { info } = scene;
    const { needs } = taskOf(input.task);
    if (needs.region && !this.state.region.value && (input.region === undefined || input.region === 'scene')) {
      throw new NadirError(
        'QUESTION_INCOMPLETE',
        'No region is marked. Draw a box around the object, then identify it.',
      );
    }
    const before = needs.before ? this.earlierImage.required(info) : null;
    const { question, asked, label } = buildQuestion(model, input);
    const blank = newAnswer(this.state, input, on);
    if (before) this.earlierImage.inputBandsFor(before, info, model, blank.inputBands);
    const plan = slicesFor(input, blank.region, info, model);
    const answer: Answer = {
      ...blank,
      label: label?.className ?? label?.singular ?? null,
      question: input.typed ?? question,
      asked,
      progress: { done: 0, total: plan.windows.length, elapsedMs: 0 },
      slicing: plan.mode,
      ...(plan.of > plan.windows.length && { sampledFrom: plan.of }),
      ...(before && { before: this.earlierImage.recordOf(before, info, scene.bands) }),
    };
    return { answer, work: (signal) => this.slices.start(answer, plan.windows, { label, after: info }, signal) };
  }

  private preparePlan({ plan, readings, areTwo, input }: Extract<Reading, { kind: 'plan' }>, on: AskedOf): Begun {
    // No tokens are chosen.
    const { generation: _, ...blank } = newAnswer(this.state, input, on);
    const question = input.typed ?? ((input.text ?? '').trim() || writePlan(plan));
    const asked = { text: question, language: plan.language };
    const answer: Answer = { ...blank, label: input.label ?? null, question, asked, plan };
    if (readings.length > 0) {
      const text = areTwo ? writeTwo(plan.language) : writeUnsure(plan.language);
      const { plan: _, ...unread } = answer;
      const asking: Answer = { ...unread, status: 'done', readings, text, runs: [{ text, objectIds: [] }] };
      return { answer: asking, work: async () => {} };
    }
    const planned = this.planned(answer, plan, on.scene, this.state.region.value);
    return { answer, work: (signal) => this.plans.run(planned, signal) };
  }

  /** Whether what is asked about is one view, at a scale that the model's words are about. Errors: WINDOW_OUTSIDE. */
  private isOneView(input: AskInput, { info }: OpenScene, model: ModelInfo): boolean {
    const { window } = chosenRegion(this.state, input, info);
    if (!knowsScale('things', model, meanGsd(info))) return false;
    return slicesFor({ ...input, task: 'describe' }, window, info, model).of === 1;
  }

  private async runUntilEnd({ answer, work }: Begun): Promise<Answer> {
    try {
      await work(this.current?.abort.signal ?? AbortSignal.abort());
      return this.latest(answer);
    } finally {
      this.current = null;
      this.state.running.value = null;
    }
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

  /** A plan about what the answer is about, shown as it was then. Errors: ANSWER_OUTDATED, as `taughtOf`. */
  private planned(answer: Answer, plan: Plan, layer: OpenScene, drawn: PixelWindow | null): PlannedQuestion {
    const { id: answerId, bands, stretch, model, adapter = null, slicingMode: slicing = 'auto' } = answer;
    const region = { window: answer.region, kind: answer.regionKind };
    const shown = { ...layer, bands, stretch };
    const outlines = wantsOutlines(answer);
    const taught = taughtOf(model, subjectsNeeded(plan), this.state.taught.value);
    return {
      plan,
      answerId,
      layer: shown,
      bands: inputBandsOf(answer),
      region,
      drawn,
      layers: Object.fromEntries(layersIn(plan).map((name) => [name, this.vectors.polygonsNamed(name, layer)])),
      model,
      adapter,
      taught,
      slicing,
      outlines,
    };
  }
}

function slicesFor(
  { task, slicing }: AskInput,
  region: PixelWindow,
  info: Pick<SceneInfo, 'width' | 'height' | 'gsdMetres'>,
  model: ModelInfo,
): SlicePlan {
  return planSlices({
    task,
    mode: slicing ?? 'auto',
    region,
    scene: { x: 0, y: 0, width: info.width, height: info.height },
    gsdMetres: meanGsd(info),
    model,
  });
}
