import { NadirError } from '../lib/errors.ts';
import { taskOf } from '../tasks/table.ts';
import type { Ask, InputSpec, ModelCard, View } from './types.ts';

export interface Pair {
  before: View;
  after: View;
}

/**
 * A request's views in the form that its model takes: an earlier and a later view to compare, or one or more views of
 * one time.
 */
export type CheckedViews = { pair: Pair } | { pair: null; views: Ask['views'] };

/**
 * Errors: VIEWS_UNSUPPORTED if the model takes fewer views or can't compare; NO_EARLIER_IMAGE if a question about
 * change has no earlier image.
 */
export function checkViews(
  { card, input }: { card: Pick<ModelCard, 'name'>; input: Pick<InputSpec, 'views'> },
  { intent, views }: Pick<Ask, 'intent' | 'views'>,
): CheckedViews {
  const { max, pair: compares } = input.views ?? { max: 1, pair: false };
  const refuse = (sentence: string) =>
    new NadirError('VIEWS_UNSUPPORTED', `${card.name} ${sentence}`, {
      details: { roles: views.map(({ role }) => role), max, compares },
    });
  const before = views.find(({ role }) => role === 'before');
  const after = views.find(({ role }) => role === 'after');
  if (before && after) {
    if (!compares) throw refuse('compares no images. Choose another model.');
    if (views.length > 2) throw refuse(`compares two views, and got ${views.length}. Ask about one place at a time.`);
    return { pair: { before, after } };
  }
  if (taskOf(intent.task).needs.before || before || after) {
    throw new NadirError('NO_EARLIER_IMAGE', 'A question about change needs an earlier image. Open one, then ask.');
  }
  if (views.length > max) {
    const most = max === 1 ? 'one view' : `${max} views`;
    throw refuse(`takes ${most} a question, and got ${views.length}. Ask about each by itself.`);
  }
  return { pair: null, views };
}
