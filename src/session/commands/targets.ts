import type { Phrase } from '../../plan/write/phrase.ts';
import type { Answer, SceneObject } from '../document.ts';
import { isSeenBy } from '../review/objects.ts';
import type { Review } from '../review/review.ts';
import { answersOfActive, type SessionState } from '../state.ts';
import type { Extreme, One } from './command.ts';
import type { CommandContext, Ran } from './context.ts';
import type { Sayings } from './sayings/sayings.ts';
import { extremePlan, firstOf, labelOf } from './which.ts';

/** Finds the objects of the active layer that a command names, or says why there are none. */
export class Targets {
  private readonly state: SessionState;
  private readonly review: Review;

  constructor(state: SessionState, review: Review) {
    this.state = state;
    this.review = review;
  }

  /** Of the active layer. */
  get objects(): readonly SceneObject[] {
    return this.review.objects.value;
  }

  get selectedObject(): SceneObject | undefined {
    return this.objects.find(({ id }) => id === this.state.selected.value);
  }

  lastWithObjects(): Answer | undefined {
    return answersOfActive(this.state).findLast(({ id }) => this.objects.some((object) => isSeenBy(object, id)));
  }

  ofLastAnswer(): SceneObject[] {
    const last = this.lastWithObjects();
    return this.objects.filter((object) => last && object.state !== 'rejected' && isSeenBy(object, last.id));
  }

  /** The objects of a noun, rejected ones included; or that it names none. */
  named(
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

  one(thing: One, context: CommandContext, words: Sayings): { object: SceneObject } | { said: Phrase } {
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
  async first(
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
  isListed({ sightings }: SceneObject): boolean {
    const ids = new Set(sightings.map(({ answerId }) => answerId));
    return this.state.answers.value.some(
      ({ id, plan }) =>
        ids.has(id) &&
        (plan === undefined ||
          (plan.intent !== 'extreme' && plan.where === null && plan.order === null && plan.filter === null)),
    );
  }
}
