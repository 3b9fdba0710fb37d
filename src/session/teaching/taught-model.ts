import { NadirError } from '../../lib/errors.ts';
import { hasHan } from '../../lib/han.ts';
import { pluralOf } from '../../plan/subjects.ts';
import { keyOf, type TaughtClass } from '../../teaching/taught-class.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import { headsFor, knownName } from '../evidence/subjects-of-model.ts';

/** The model with the classes that it was taught. Those of another model are left out. */
export function withTaught(model: ModelInfo, taught: readonly TaughtClass[]): ModelInfo {
  const own = taught.filter((each) => each.model.hash === model.hash);
  const named = own.map((each) => ({
    name: each.name,
    plural: pluralOf(each.name),
    ...(hasHan(each.name) && { zh: each.name }),
    taught: { key: keyOf(each) },
  }));
  return own.length === 0 ? model : { ...model, classes: [...model.classes, ...named] };
}

/** The classes that an answer's model knew as taught, as they were then. Errors: ANSWER_OUTDATED if one was taught again or removed. */
export function taughtOf(model: ModelInfo, subjects: readonly string[], taught: readonly TaughtClass[]): TaughtClass[] {
  const byKey = new Map(taught.map((each) => [keyOf(each), each]));
  return model.classes.flatMap((each) => {
    if (!each.taught) return [];
    const found = byKey.get(each.taught.key);
    if (found) return [found];
    if (!subjects.some((subject) => headsFor(subject, model).box === each.name)) return [];
    throw new NadirError(
      'ANSWER_OUTDATED',
      `The class "${each.name}" was taught again or removed since this was answered. Ask again.`,
    );
  });
}

/** Errors: CLASS_NAME_TAKEN if the model itself finds or counts what the name names. */
export function requireFreeName(name: string, model: ModelInfo): void {
  const { box, density } = headsFor(knownName(`other:${name.toLowerCase()}`, model), model);
  const known = box ?? density;
  if (known === null) return;
  throw new NadirError('CLASS_NAME_TAKEN', `${model.name} already has a class "${known}". Give yours another name.`, {
    details: { name: known },
  });
}
