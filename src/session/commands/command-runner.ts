import { exportFormats } from '../../export/formats.ts';
import { cornersOf, hullOf } from '../../geo/boxes/rotated-box.ts';
import { NadirError } from '../../lib/errors.ts';
import { groundOf } from '../../plan/ground/ground.ts';
import type { Plan } from '../../plan/plan.ts';
import { isMetric } from '../../plan/run/context.ts';
import { type Phrase, say, written } from '../../plan/write/phrase.ts';
import { presetsOf } from '../../render/presets.ts';
import { sensorOf } from '../../render/sensors.ts';
import type { Language } from '../../tasks/task.ts';
import { NO_MODEL } from '../asking/without-model.ts';
import type { Answer, SceneObject } from '../document.ts';
import { exportAs } from '../exporting/exporting.ts';
import type { History } from '../history/history.ts';
import type { Images } from '../layers/images.ts';
import { isReviewed, isSeenBy } from '../review/objects.ts';
import type { Review } from '../review/review.ts';
import { answersOfActive, type SessionState } from '../state.ts';
import type { Command, Done, Extreme, Look, One, Overlay, ScreenAction, ZoomTarget } from './command.ts';
import type { CommandContext, Ran } from './context.ts';
import type { CommandsPort } from './port.ts';
import { chinese } from './sayings/chinese.ts';
import { english } from './sayings/english.ts';
import type { Sayings } from './sayings/sayings.ts';
import { Targets } from './targets.ts';
import { keepsLimit, labelOf } from './which.ts';

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
  private readonly targets: Targets;
  private readonly screens = new Set<(action: ScreenAction) => void>();

  constructor(state: SessionState, parts: Parts) {
    this.state = state;
    this.parts = parts;
    this.targets = new Targets(state, parts.review);
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
      case 'class':
        return this.showClass(command, context, words);
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
    { decision, noun, limit }: Extract<Command, { kind: 'review' }>,
    context: CommandContext,
    words: Sayings,
  ): Ran {
    if (limit?.kind === 'score' && !(limit.value >= 0 && limit.value <= 1))
      return { said: words.notAScore(limit.value) };
    const { georeference, width, height } = context.layer.info;
    const ground = groundOf(georeference, width, height);
    if (limit && isMetric(limit) && ground.kind === 'pixels') return { said: words.noScale(limit) };
    const named = this.targets.named(noun, context, words);
    if ('said' in named) return named;
    const meant = named.objects.filter((object) => keepsLimit(object, limit, ground));
    const open = meant.filter((object) => !isReviewed(object));
    const settled = meant.filter((object) => isReviewed(object) && object.state !== decision).length;
    if (open.length === 0) return { said: words.noneToDecide(named.label, limit, settled) };
    return this.asStep(words.decided(decision, open, named.label, limit, settled), () =>
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
    const found = this.targets.one(thing, context, words);
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
    return { said: kind === 'undo' ? words.undone(step) : words.redone(step) };
  }

  private show(what: Overlay, visible: boolean, words: Sayings): Ran {
    const put = (visible: boolean) => this.act({ kind: 'show', what, visible });
    const shown = words.shown(what, visible);
    const hasMasks = this.targets.objects.some(({ rings }) => rings !== null);
    return this.asStep(what === 'masks' && visible && !hasMasks ? say`${shown}${words.noMasks}` : shown, () =>
      this.parts.history.run({
        id: visible ? 'show-overlay' : 'hide-overlay',
        target: what,
        apply: () => put(visible),
        revert: () => put(!visible),
      }),
    );
  }

  private showClass(
    { way, noun }: Extract<Command, { kind: 'class' }>,
    { model }: CommandContext,
    words: Sayings,
  ): Ran {
    const { hiddenLabels } = this.state;
    const labels = [...new Set(this.targets.objects.map(({ label }) => label))].sort();
    if (noun === null) {
      const hidden = [...hiddenLabels.value].sort();
      if (hidden.length === 0) return { said: words.nothingHidden };
      return this.asStep(words.classesShown(hidden), () =>
        this.parts.review.setHiddenLabels(new Set(), 'show-classes', 'all classes'),
      );
    }
    const label = labelOf(noun, model, this.targets.objects);
    if (label === null || !(labels.includes(label) || hiddenLabels.value.has(label))) {
      return { said: label === null ? words.noBoxesNamed(noun, labels) : words.noneYet(label) };
    }
    if (way === 'show') {
      return this.asStep(words.classesShown([label]), () => this.parts.review.showLabel(label));
    }
    const others = labels.filter((each) => each !== label);
    if (way === 'only' && others.length === 0) return { said: words.isOnly(label) };
    const next = way === 'only' ? new Set(others) : new Set([...hiddenLabels.value, label]);
    const names = way === 'only' ? others : [label];
    return this.asStep(way === 'only' ? words.onlyShown(label, others) : words.classesHidden([label]), () =>
      this.parts.review.setHiddenLabels(next, 'hide-classes', names.join(', ')),
    );
  }

  /** Whether a noun names a class whose boxes are hidden. */
  isHidden(noun: string): boolean {
    const { hiddenLabels, model } = this.state;
    if (hiddenLabels.value.size === 0) return false;
    const { value } = model;
    const label = labelOf(noun, value.status === 'ready' ? value.loaded.model : NO_MODEL, this.targets.objects);
    return label !== null && hiddenLabels.value.has(label);
  }

  /** Marks a place of the active layer on the map. */
  pointTo({ xPx, yPx }: { xPx: number; yPx: number }): void {
    this.act({ kind: 'point', xPx, yPx });
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
        const found = await this.targets.first(to, context, words);
        if (!('objects' in found)) return found;
        const { objects, label, of } = found;
        return this.moved(actionTo(objects), words.zoomedToFirst(objects, to.order, label, of));
      }
      case 'noun': {
        const named = this.targets.named(to.noun, context, words);
        if ('said' in named) return named;
        const there = named.objects.filter(({ state }) => state !== 'rejected');
        if (there.length === 0) return { said: words.noneYet(named.label) };
        return this.moved(actionTo(there), words.zoomedTo(there));
      }
      case 'last': {
        const last = this.targets.ofLastAnswer();
        return last.length > 0 ? this.moved(actionTo(last), words.zoomedTo(last)) : { said: words.noneYet(null) };
      }
      default: {
        const last = this.targets.ofLastAnswer();
        // "Zoom to it", with nothing selected, means the one thing that was just found.
        const isIt = to.by === 'selection' && this.targets.selectedObject === undefined && last.length === 1;
        const found = isIt ? { object: last[0]! } : this.targets.one(to, context, words);
        if ('said' in found) return found;
        return this.moved(actionTo([found.object]), words.zoomedTo([found.object]));
      }
    }
  }

  private async select(thing: One | Extreme, context: CommandContext, words: Sayings): Promise<Ran> {
    if (thing.by !== 'order') {
      const found = this.targets.one(thing, context, words);
      if ('said' in found) return found;
      this.state.selected.value = found.object.id;
      return { said: words.selected(found.object) };
    }
    const found = await this.targets.first(thing, context, words);
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
    { format, answers, noun }: Extract<Command, { kind: 'export' }>,
    context: CommandContext,
    words: Sayings,
  ): Promise<Ran> {
    const wanted = format?.replaceAll(/[ .]/g, '') ?? null;
    // What is saved are objects and answers; the land cover is a layer with a button of its own.
    const formats = exportFormats.filter(({ about }) => about === undefined);
    const found = formats.find(
      ({ id, label, extension }) =>
        wanted === null || [id, label.toLowerCase().replaceAll(' ', ''), extension].includes(wanted),
    );
    if (!found) {
      return {
        said: words.noFormat(
          format ?? '',
          formats.map(({ label }) => label),
        ),
      };
    }
    if (noun !== null) return this.exportClass(found.id, noun, context, words);
    const last = answers === 'last' ? this.targets.lastWithObjects()?.id : undefined;
    const others = answersOfActive(this.state).filter(
      ({ id, command }) => id !== context.answerId && command === undefined,
    );
    if (others.length === 0 && last === undefined) return { said: words.nothingToExport };
    const ids = last === undefined ? null : [last];
    const file = await exportAs(this.state, found.id, ids ?? undefined);
    this.act({ kind: 'save', file });
    const count = this.targets.objects.filter(
      (object) => object.state !== 'rejected' && (ids === null || ids.some((id) => isSeenBy(object, id))),
    ).length;
    return { said: words.exported(file.fileName, count, null) };
  }

  private async exportClass(formatId: string, noun: string, context: CommandContext, words: Sayings): Promise<Ran> {
    const named = this.targets.named(noun, context, words);
    if ('said' in named) return named;
    const { label } = named;
    const count = named.objects.filter(({ state }) => state !== 'rejected').length;
    if (count === 0) return { said: words.noneLeft(label) };
    const file = await exportAs(this.state, formatId, undefined, label);
    this.act({ kind: 'save', file });
    return { said: words.exported(file.fileName, count, label) };
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
    const objects = this.targets.objects;
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
