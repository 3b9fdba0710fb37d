import { batch, computed, type ReadonlySignal } from '@preact/signals';
import { overlapOf } from '../../geo/boxes/rotated-box.ts';
import type { RotatedBox } from '../../geo/types.ts';
import { waitFor } from '../../lib/abort.ts';
import { NadirError } from '../../lib/errors.ts';
import {
  checkClassName,
  MOST_EXAMPLES,
  readTaughtClass,
  requireSameModel,
  type TaughtClass,
  type TaughtHead,
  taughtClassOf,
  writeTaughtClass,
} from '../../teaching/taught-class.ts';
import type { LearnRequest, ModelInfo } from '../../vlm/types.ts';
import type { VlmApi } from '../../workers/vlm/api.ts';
import { inputBandsFor } from '../asking/slices/input-bands.ts';
import { viewOf } from '../asking/slices/model-tile.ts';
import type { OpenScene } from '../document.ts';
import { readTile } from '../evidence/gather-tiles.ts';
import type { ExportedFile } from '../exporting/port.ts';
import type { History } from '../history/history.ts';
import type { StepId } from '../history/steps.ts';
import { newId } from '../ids.ts';
import type { ModelKeeper } from '../model/model.ts';
import type { WorkerHost } from '../model/worker-host.ts';
import type { SceneKeeper } from '../opening/scene.ts';
import { objectsOfLayer, type SessionState } from '../state.ts';
import { lessonWindows, scaleFor } from './lesson-tiles.ts';
import type { Lesson, LessonExample, TeachingPort } from './port.ts';
import { requireFreeName } from './taught-model.ts';

/** An object that overlaps an example by this IoU is that example. */
const SAME_IOU = 0.3;
const EMPTY: Lesson = { name: '', examples: [] };

/** The user's lessons and the classes learned from them. */
export class Teaching implements TeachingPort {
  readonly classes: TeachingPort['classes'];
  readonly lesson: TeachingPort['lesson'];
  readonly progress: TeachingPort['progress'];
  readonly heat: TeachingPort['heat'];
  readonly reviewed: ReadonlySignal<{ accepted: number; rejected: number }>;
  private readonly state: SessionState;
  private readonly history: History;
  private readonly scenes: SceneKeeper;
  private readonly models: ModelKeeper;
  private readonly vlm: () => WorkerHost<VlmApi>;
  private running: AbortController | null = null;

  constructor(
    state: SessionState,
    history: History,
    scenes: SceneKeeper,
    models: ModelKeeper,
    vlm: () => WorkerHost<VlmApi>,
  ) {
    this.state = state;
    this.history = history;
    this.scenes = scenes;
    this.models = models;
    this.vlm = vlm;
    this.classes = state.taught;
    this.lesson = state.lesson;
    this.progress = state.teaching;
    this.heat = state.heat;
    this.reviewed = computed(() => {
      const found = this.unmarkedReviews();
      const accepted = found.filter(({ isOne }) => isOne).length;
      return { accepted, rejected: found.length - accepted };
    });
  }

  mark(box: RotatedBox, isOne: boolean): void {
    const layer = this.state.scene.value;
    if (!layer) throw new NadirError('NO_IMAGE', 'No image is open. Open one, then mark examples on it.');
    this.put(isOne ? 'mark-example' : 'mark-counterexample', [{ id: newId('e'), layerId: layer.layerId, box, isOne }]);
  }

  takeReviewed(): void {
    const found = this.unmarkedReviews();
    if (found.length > 0) this.put('take-reviewed', found);
  }

  change(exampleId: string, change: Partial<Pick<LessonExample, 'box' | 'isOne'>>): void {
    const { name, examples } = this.state.lesson.value;
    const next = examples.map((each) => (each.id === exampleId ? { ...each, ...change } : each));
    this.setLesson('change-example', { name, examples: next }, exampleId);
  }

  unmark(exampleId: string): void {
    const { name, examples } = this.state.lesson.value;
    this.setLesson('unmark-example', { name, examples: examples.filter(({ id }) => id !== exampleId) });
  }

  rename(name: string): void {
    this.state.lesson.value = { ...this.state.lesson.value, name };
  }

  clear(): void {
    this.setLesson('clear-lesson', EMPTY);
  }

  resume(name: string): void {
    const { sources, examples } = this.require(name);
    const layerOf = (source: number) =>
      this.state.layers.value.find(({ info }) => info.fileName === sources[source]?.name)?.layerId;
    const here = examples.flatMap(({ source, box, isOne }) => {
      const layerId = layerOf(source);
      return layerId === undefined ? [] : [{ id: newId('e'), layerId, box, isOne }];
    });
    this.setLesson('resume-lesson', { name, examples: here });
  }

  async learn(): Promise<TaughtClass> {
    if (this.running || this.state.running.value !== null) {
      throw new NadirError(
        'QUESTION_RUNNING',
        'The model is busy with a question. Stop it, or wait until it is finished.',
      );
    }
    const running = new AbortController();
    this.running = running;
    try {
      const name = checkClassName(this.state.lesson.value.name);
      const { model } = await waitFor(this.models.ready(), running.signal);
      requireFreeName(name, model);
      const taught = await this.taughtBy(name, model, running.signal);
      this.setClasses('teach-class', name, [...this.others(name), taught]);
      return taught;
    } catch (thrown) {
      throw NadirError.from(thrown);
    } finally {
      this.running = null;
      this.state.teaching.value = null;
    }
  }

  cancel(): void {
    this.running?.abort();
  }

  async add(file: File): Promise<TaughtClass> {
    const taught = await readTaughtClass(file);
    const { model } = await this.models.ready();
    requireSameModel(taught, model);
    requireFreeName(taught.name, model);
    this.setClasses('add-class', taught.name, [...this.others(taught.name), taught]);
    return taught;
  }

  write(name: string): ExportedFile {
    return writeTaughtClass(this.require(name));
  }

  remove(name: string): void {
    this.setClasses('remove-class', name, this.others(name));
  }

  /** Reads the tiles of every layer with examples, and has the worker learn from them. */
  private async taughtBy(name: string, model: ModelInfo, signal: AbortSignal): Promise<TaughtClass> {
    const { examples } = this.state.lesson.value;
    const layers = this.state.layers.value.filter(({ layerId }) => examples.some((each) => each.layerId === layerId));
    const numbered = layers.flatMap((layer) =>
      examples.filter(({ layerId }) => layerId === layer.layerId).map((each) => ({ ...each, layer })),
    );
    const ones = numbered.filter(({ isOne }) => isOne);
    if (ones.length === 0) {
      throw new NadirError(
        'EXAMPLES_TOO_FEW',
        'Nothing is marked as an example. Draw a box around at least one; three or more are a fair start.',
      );
    }
    const largest = layers.reduce((a, b) => (countOn(ones, b) > countOn(ones, a) ? b : a));
    const scale = scaleFor(
      ones.filter(({ layer }) => layer === largest).map(({ box }) => box),
      gsdOf(largest),
    );
    const wanted = layers.flatMap((layer) => {
      const { width, height } = layer.info;
      const own = numbered.flatMap((each, id) => (each.layer === layer ? [{ ...each, id }] : []));
      const about = { gsdMetres: gsdOf(layer), model };
      return lessonWindows(own, scale, { x: 0, y: 0, width, height }, about).map((tile) => ({ ...tile, layer }));
    });
    const views: LearnRequest['views'] = [];
    const total = wanted.length;
    const progress = (stage: 'looking' | 'learning', done: number) => {
      this.state.teaching.value = { stage, done, total };
    };
    progress('looking', 0);
    for (const { window, examples: shown, layer } of wanted) {
      const view = { scene: layer, bands: inputBandsFor(model.bands, layer) };
      const tile = await readTile(window, view, model, this.scenes, signal);
      if (tile.validFraction > 0) {
        views.push({ view: viewOf('slice', tile, window, gsdOf(layer)), examples: shown });
      }
    }
    let done = 0;
    const learning = this.vlm().api.learn({ views }, signal, () => {
      done += 1;
      progress(done < views.length ? 'looking' : 'learning', done);
    });
    const head: TaughtHead = await waitFor(learning, signal);
    return taughtClassOf({
      name,
      model,
      scale,
      head,
      tiles: views.length,
      sources: layers.map(({ info }) => ({ name: info.fileName, crs: crsOf(info) })),
      examples: numbered.map(({ layer, box, isOne }) => ({ source: layers.indexOf(layer), box, isOne })),
    });
  }

  private unmarkedReviews(): LessonExample[] {
    const { state } = this;
    const { name, examples } = state.lesson.value;
    const layerId = state.activeLayer.value;
    if (layerId === null || name === '') return [];
    const here = examples.filter((each) => each.layerId === layerId);
    return objectsOfLayer(state, layerId).here.flatMap(({ label, state: decided, box }) => {
      if (decided === 'proposed' || label.toLowerCase() !== name.trim().toLowerCase()) return [];
      const isOne = decided === 'accepted';
      if (here.some((each) => overlapOf(each.box, box) >= SAME_IOU && each.isOne === isOne)) return [];
      return [{ id: newId('e'), layerId, box, isOne }];
    });
  }

  /** Errors: EXAMPLES_TOO_MANY. */
  private put(step: StepId, added: readonly LessonExample[]): void {
    const { name, examples } = this.state.lesson.value;
    if (examples.length + added.length > MOST_EXAMPLES) {
      throw new NadirError('EXAMPLES_TOO_MANY', `A class has at most ${MOST_EXAMPLES} examples. Remove some first.`);
    }
    // A decision about what is an example already replaces it.
    const kept = examples.filter((each) =>
      added.every((other) => other.layerId !== each.layerId || overlapOf(each.box, other.box) < SAME_IOU),
    );
    this.setLesson(step, { name, examples: [...kept, ...added] });
  }

  private setLesson(id: StepId, next: Lesson, mergeKey?: string): void {
    const { lesson } = this.state;
    const before = lesson.value;
    this.history.run({
      id,
      target: next.name || before.name,
      apply: () => {
        lesson.value = next;
      },
      revert: () => {
        lesson.value = before;
      },
      ...(mergeKey !== undefined && { mergeKey }),
    });
  }

  private setClasses(id: StepId, name: string, next: readonly TaughtClass[]): void {
    const { taught, heat } = this.state;
    const before = taught.value;
    const put = (classes: readonly TaughtClass[]) =>
      batch(() => {
        taught.value = classes;
        if (heat.value?.name === name) heat.value = null;
      });
    this.history.run({ id, target: name, apply: () => put(next), revert: () => put(before) });
  }

  private others(name: string): TaughtClass[] {
    return this.state.taught.value.filter((each) => each.name.toLowerCase() !== name.toLowerCase());
  }

  private require(name: string): TaughtClass {
    const found = this.state.taught.value.find((each) => each.name === name);
    if (found) return found;
    throw new NadirError('CHOICE_UNKNOWN', `There is no taught class "${name}".`);
  }
}

const countOn = (examples: readonly { layer: OpenScene }[], layer: OpenScene) =>
  examples.filter((each) => each.layer === layer).length;

const gsdOf = ({ info: { gsdMetres } }: OpenScene) => (gsdMetres ? (gsdMetres.x + gsdMetres.y) / 2 : null);

const crsOf = ({ georeference }: OpenScene['info']) => (georeference.kind === 'affine' ? georeference.crs : null);
