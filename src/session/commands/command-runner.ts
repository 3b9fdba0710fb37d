import { exportFormats } from '../../export/formats.ts';
import { cornersOf, hullOf } from '../../geo/boxes/rotated-box.ts';
import { NadirError } from '../../lib/errors.ts';
import type { Plan } from '../../plan/plan.ts';
import { type Phrase, say, written } from '../../plan/write/phrase.ts';
import { presetsOf } from '../../render/presets.ts';
import { sensorOf } from '../../render/sensors.ts';
import type { Language } from '../../tasks/task.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import type { Answer, OpenScene, SceneObject } from '../document.ts';
import { exportAs } from '../exporting/exporting.ts';
import type { History } from '../history/history.ts';
import type { Images } from '../layers/images.ts';
import { isReviewed, isSeenBy } from '../review/objects.ts';
import type { Review } from '../review/review.ts';
import { answersOfActive, type SessionState } from '../state.ts';
import type { Command, Done, Extreme, Look, One, Overlay, ScreenAction, ZoomTarget } from './command.ts';
import type { CommandsPort } from './port.ts';
import { english } from './sayings.en.ts';
import type { Sayings } from './sayings.ts';
import { chinese } from './sayings.zh.ts';
import { extremePlan, firstOf, isInRange, labelOf } from './which.ts';

/** What a command is put to. */
export interface CommandContext {
  /** Of the command's own answer. */
  answerId: string;
  layer: OpenScene;
  model: ModelInfo;
  language: Language;
  /** As in `Reading`. */
  asQuestion(): Promise<Plan | null>;
}

/** What a command did or couldn't do, or the question to be answered first. */
type Ran = { said: Phrase; undo?: Done['undo'] } | { first: Plan };

/** The parts of the session that commands act on. */
interface Parts {
  history: History;
  review: Review;
  images: Images;
}

const sayings: Record<Language, Sayings> = { en: english, zh: chinese };

/** Does what a typed command says, as far as the session can; the rest is handed to the screen. */
export class CommandRunner implements CommandsPort {
  private readonly state: SessionState;
  private readonly parts: Parts;
  private readonly screens = new Set<(action: ScreenAction) => void>();

  constructor(state: SessionState, parts: Parts) {
    this.state = state;
    this.parts = parts;
  }

  listen(act: (action: ScreenAction) => void): () => void {
    this.screens.add(act);
    return () => this.screens.delete(act);
  }

  /** Never rejects: a failure stands in the answer. `ask` answers a plan in the command's answer and returns that. */
  async run(command: Command, context: CommandContext, ask: (plan: Plan) => Promise<Answer>): Promise<Partial<Answer>> {
    try {
      const ran = await this.do(command, context);
      if ('first' in ran) return { command: { kind: command.kind, undo: this.goTo(command, await ask(ran.first)) } };
      const { text, runs } = written(ran.said);
      return {
        status: 'done',
        text,
        runs: runs.map((run) => ({ text: run.text, objectIds: run.thingIds })),
        command: { kind: command.kind, undo: ran.undo ?? null },
      };
    } catch (thrown) {
      return { status: 'failed', error: NadirError.from(thrown).toData() };
    }
  }

  private do(command: Command, context: CommandContext): Ran | Promise<Ran> {
    const words = sayings[context.language];
    switch (command.kind) {
      case 'review':
        return this.decideAll(command, context, words);
      case 'decide':
        return this.decideOne(command, context, words);
      case 'undo':
      case 'redo':
        return this.step(command.kind, words);
      case 'show':
        return this.show(command.what, command.visible, words);
      case 'zoom':
        return this.zoom(command.to, context, words);
      case 'select':
        return this.select(command.thing, context, words);
      case 'export':
        return this.export(command, context, words);
      case 'look':
        return this.look(command.look, context, words);
      case 'clear':
        return this.clear(context, words);
    }
  }

  private decideAll(
    { decision, noun, score }: Extract<Command, { kind: 'review' }>,
    context: CommandContext,
    words: Sayings,
  ): Ran {
    if (score && !(score.value >= 0 && score.value <= 1)) return { said: words.notAScore(score.value) };
    const named = this.named(noun, context, words);
    if ('said' in named) return named;
    const meant = named.objects.filter((object) => isInRange(object, score));
    const open = meant.filter((object) => !isReviewed(object));
    const settled = meant.filter((object) => isReviewed(object) && object.state !== decision).length;
    if (open.length === 0) return { said: words.noneToDecide(named.label, score, settled) };
    return this.asStep(words.decided(decision, open, named.label, score, settled), () =>
      this.parts.review.setStates(
        open.map(({ id }) => id),
        decision,
      ),
    );
  }

  private decideOne(
    { decision, thing }: Extract<Command, { kind: 'decide' }>,
    context: CommandContext,
    words: Sayings,
  ): Ran {
    const found = this.one(thing, context, words);
    if ('said' in found) return found;
    const { object } = found;
    if (object.state === decision) return { said: words.decidedBefore(decision, object) };
    return this.asStep(words.decidedOne(decision, object), () => this.parts.review.setState(object.id, decision));
  }

  private step(kind: 'undo' | 'redo', words: Sayings): Ran {
    const { history } = this.parts;
    const step = (kind === 'undo' ? history.canUndo : history.canRedo).value;
    if (!step) return { said: kind === 'undo' ? words.nothingToUndo : words.nothingToRedo };
    if (kind === 'undo') history.undo();
    else history.redo();
    return { said: kind === 'undo' ? words.undone(step.label) : words.redone(step.label) };
  }

  private show(what: Overlay, visible: boolean, words: Sayings): Ran {
    const put = (visible: boolean) => this.act({ kind: 'show', what, visible });
    const shown = words.shown(what, visible);
    const hasMasks = this.objects.some(({ rings }) => rings !== null);
    return this.asStep(what === 'masks' && visible && !hasMasks ? say`${shown}${words.noMasks}` : shown, () =>
      this.parts.history.run({
        id: visible ? 'show-overlay' : 'hide-overlay',
        target: what,
        apply: () => put(visible),
        revert: () => put(!visible),
      }),
    );
  }

  private async zoom(to: ZoomTarget, context: CommandContext, words: Sayings): Promise<Ran> {
    switch (to.by) {
      case 'factor':
        return this.moved({ kind: 'zoom-by', factor: to.factor }, words.zoomedBy(to.factor));
      case 'image': {
        const { width, height } = context.layer.info;
        return this.moved({ kind: 'zoom-window', window: { x: 0, y: 0, width, height } }, words.zoomedToImage);
      }
      case 'region': {
        const window = this.state.region.value;
        return window ? this.moved({ kind: 'zoom-window', window }, words.zoomedToRegion) : { said: words.noRegion };
      }
      case 'order': {
        const found = await this.first(to, context, words);
        if (!('objects' in found)) return found;
        const { objects, label, of } = found;
        return this.moved(actionTo(objects), words.zoomedToFirst(objects, to.order, label, of));
      }
      case 'noun': {
        const named = this.named(to.noun, context, words);
        if ('said' in named) return named;
        const there = named.objects.filter(({ state }) => state !== 'rejected');
        if (there.length === 0) return { said: words.noneYet(named.label) };
        return this.moved(actionTo(there), words.zoomedTo(there));
      }
      case 'last': {
        const last = this.ofLastAnswer();
        return last.length > 0 ? this.moved(actionTo(last), words.zoomedTo(last)) : { said: words.noneYet(null) };
      }
      default: {
        const last = this.ofLastAnswer();
        // "Zoom to it", with nothing selected, means the one thing that was just found.
        const isIt = to.by === 'selection' && this.selectedObject === undefined && last.length === 1;
        const found = isIt ? { object: last[0]! } : this.one(to, context, words);
        if ('said' in found) return found;
        return this.moved(actionTo([found.object]), words.zoomedTo([found.object]));
      }
    }
  }

  private async select(thing: One | Extreme, context: CommandContext, words: Sayings): Promise<Ran> {
    if (thing.by !== 'order') {
      const found = this.one(thing, context, words);
      if ('said' in found) return found;
      this.state.selected.value = found.object.id;
      return { said: words.selected(found.object) };
    }
    const found = await this.first(thing, context, words);
    if (!('objects' in found)) return found;
    const [object] = found.objects;
    this.state.selected.value = object!.id;
    return { said: words.selectedFirst(object!, thing.order, found.label, found.of) };
  }

  /** After a question was answered for it: to the first thing that the answer points at. */
  private goTo({ kind }: Command, answer: Answer): Done['undo'] {
    const id = answer.runs.flatMap(({ objectIds }) => objectIds)[0];
    if (answer.status !== 'done' || id === undefined) return null;
    const view = this.state.view.value;
    this.state.selected.value = id;
    if (kind !== 'zoom') return null;
    this.act({ kind: 'zoom-object', objectId: id });
    return view && { view };
  }

  private async export(
    { format, answers }: Extract<Command, { kind: 'export' }>,
    { answerId }: CommandContext,
    words: Sayings,
  ): Promise<Ran> {
    const wanted = format?.replaceAll(/[ .]/g, '') ?? null;
    const found = exportFormats.find(
      ({ id, label, extension }) =>
        wanted === null || [id, label.toLowerCase().replaceAll(' ', ''), extension].includes(wanted),
    );
    if (!found) {
      return {
        said: words.noFormat(
          format ?? '',
          exportFormats.map(({ label }) => label),
        ),
      };
    }
    const last = answers === 'last' ? this.lastWithObjects()?.id : undefined;
    const others = answersOfActive(this.state).filter(({ id, command }) => id !== answerId && command === undefined);
    if (others.length === 0 && last === undefined) return { said: words.nothingToExport };
    const ids = last === undefined ? null : [last];
    const file = await exportAs(this.state, found.id, ids ?? undefined);
    this.act({ kind: 'save', file });
    const count = this.objects.filter(
      (object) => object.state !== 'rejected' && (ids === null || ids.some((id) => isSeenBy(object, id))),
    ).length;
    return { said: words.exported(file.fileName, count) };
  }

  private look(look: Look, { layer }: CommandContext, words: Sayings): Ran {
    const presets = presetsOf(sensorOf(layer.sensor, layer.info).roles, layer.info.defaultBands, layer.info.bands);
    const preset = presets.find(({ name }) => name === look);
    if (!preset) return { said: words.noBandFor(look) };
    const { bands, display } = preset;
    return this.asStep(words.looks(look), () =>
      bands ? this.parts.images.setLook(bands, display) : this.parts.images.setDisplay(display),
    );
  }

  private clear({ answerId }: CommandContext, words: Sayings): Ran {
    const ids = answersOfActive(this.state).flatMap(({ id }) => (id === answerId ? [] : [id]));
    if (ids.length === 0) return { said: words.nothingToClear };
    const objects = this.objects;
    return this.asStep(words.cleared(ids.length, objects.length, objects.filter(isReviewed).length), () =>
      this.parts.review.removeAnswers(ids, 'clear-answers'),
    );
  }

  /** Runs what makes one step of the history. */
  private asStep(said: Phrase, work: () => void): Ran {
    const before = this.parts.history.canUndo.value?.key;
    work();
    const step = this.parts.history.canUndo.value?.key;
    return { said, undo: step !== undefined && step !== before ? { step } : null };
  }

  private moved(action: ScreenAction, said: Phrase): Ran {
    const view = this.state.view.value;
    this.act(action);
    return { said, undo: view && { view } };
  }

  private act(action: ScreenAction): void {
    for (const screen of this.screens) screen(action);
  }

  /** Of the active layer. */
  private get objects(): readonly SceneObject[] {
    return this.parts.review.objects.value;
  }

  private get selectedObject(): SceneObject | undefined {
    return this.objects.find(({ id }) => id === this.state.selected.value);
  }

  private lastWithObjects(): Answer | undefined {
    return answersOfActive(this.state).findLast(({ id }) => this.objects.some((object) => isSeenBy(object, id)));
  }

  private ofLastAnswer(): SceneObject[] {
    const last = this.lastWithObjects();
    return this.objects.filter((object) => last && object.state !== 'rejected' && isSeenBy(object, last.id));
  }

  /** The objects of a noun, rejected ones included; or that it names none. */
  private named(
    noun: string | null,
    { model }: CommandContext,
    words: Sayings,
  ): { label: string | null; objects: readonly SceneObject[] } | { said: Phrase } {
    const { objects } = this;
    if (noun === null) return objects.length > 0 ? { label: null, objects } : { said: words.noneYet(null) };
    const label = labelOf(noun, model, objects);
    const labels = [...new Set(objects.map((object) => object.label))].sort();
    if (label === null) return { said: words.noBoxesNamed(noun, labels) };
    const own = objects.filter((object) => object.label === label);
    return own.length > 0 ? { label, objects: own } : { said: words.noneYet(label) };
  }

  private one(thing: One, context: CommandContext, words: Sayings): { object: SceneObject } | { said: Phrase } {
    if (thing.by === 'selection') {
      const object = this.selectedObject;
      return object ? { object } : { said: words.nothingSelected };
    }
    const named = this.named(thing.noun, context, words);
    if ('said' in named) return named;
    const found = named.objects.filter(({ number }) => number === thing.number);
    const lastId = this.lastWithObjects()?.id;
    const inLast = found.filter((object) => lastId !== undefined && isSeenBy(object, lastId));
    const [object, another] = inLast.length === 1 ? inLast : found;
    if (!object) return { said: words.noNumber(named.label, thing.number, named.objects.length) };
    return another ? { said: words.severalOfNumber(found) } : { object };
  }

  /** The first of those that are known; a plan, if not all that were found are known or the noun is none of the model's own words. */
  private async first(
    { noun, order }: Extreme,
    context: CommandContext,
    words: Sayings,
  ): Promise<{ objects: SceneObject[]; label: string | null; of: number } | Ran> {
    const { layer, model, language, asQuestion } = context;
    const label = noun === null ? null : labelOf(noun, model, this.objects);
    const known = this.objects.filter(
      (object) => object.state !== 'rejected' && (noun === null || object.label === label),
    );
    if (!known.some((object) => this.isListed(object))) {
      const plan =
        noun === null ? null : label === null ? await asQuestion() : extremePlan(label, order, model, language);
      if (plan?.intent === 'extreme') return { first: plan };
    }
    if (known.length === 0) {
      const named = this.named(noun, context, words);
      return { said: 'said' in named ? named.said : words.noneYet(label) };
    }
    const objects = firstOf(known, order, layer);
    return objects.length > 0 ? { objects, label, of: known.length } : { said: words.noOrder(label) };
  }

  /** Whether an answer about all of its class points at it, and not only one about the largest or the northern ones. */
  private isListed({ sightings }: SceneObject): boolean {
    const ids = new Set(sightings.map(({ answerId }) => answerId));
    return this.state.answers.value.some(
      ({ id, plan }) =>
        ids.has(id) &&
        (plan === undefined ||
          (plan.intent !== 'extreme' && plan.where === null && plan.order === null && plan.filter === null)),
    );
  }
}

/** Surroundings shown around several objects, as a share of their extent. */
const MARGIN = 0.1;

/** To one object, or to several together. `objects` isn't empty. */
function actionTo(objects: readonly SceneObject[]): ScreenAction {
  const [only] = objects;
  if (objects.length === 1) return { kind: 'zoom-object', objectId: only!.id };
  const hulls = objects.map(({ box }) => hullOf(cornersOf(box)));
  const left = Math.min(...hulls.map(({ x }) => x));
  const top = Math.min(...hulls.map(({ y }) => y));
  const width = Math.max(...hulls.map((hull) => hull.x + hull.width)) - left;
  const height = Math.max(...hulls.map((hull) => hull.y + hull.height)) - top;
  const margin = MARGIN * Math.max(width, height);
  return {
    kind: 'zoom-window',
    window: { x: left - margin, y: top - margin, width: width + 2 * margin, height: height + 2 * margin },
  };
}
