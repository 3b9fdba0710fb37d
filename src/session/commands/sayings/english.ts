import { hasOutline } from '../../../plan/ground/shape.ts';
import { pluralOf, wordsFor } from '../../../plan/subjects.ts';
import { formatOrder, type Order } from '../../../plan/terms/order.ts';
import { linked, list, type Phrase, say, textOf } from '../../../plan/write/phrase.ts';
import type { SceneObject } from '../../document.ts';
import { stepName } from '../../history/steps.ts';
import type { Decision, Limit, Look } from '../command.ts';
import type { Sayings } from './sayings.ts';
import { unitText } from './units.ts';

const idsOf = (objects: readonly SceneObject[]) => objects.map(({ id }) => id);
const grouped = (count: number) => count.toLocaleString('en');

function noun(label: string | null, count: number): string {
  if (label === null) return count === 1 ? 'object' : 'objects';
  const { name, plural } = wordsFor(label);
  return count === 1 ? name : (plural ?? pluralOf(name));
}
const numbered = (label: string | null, count: number) => `${grouped(count)} ${noun(label, count)}`;
const name = (object: SceneObject): Phrase => linked(`${object.label} ${object.number}`, [object.id]);
const names = (objects: readonly SceneObject[]) => list(objects.map(name), ', ', ' and ');

const limits: Record<Limit['is'], { score: string; area: string; length: string }> = {
  '<': { score: 'below', area: 'smaller than', length: 'shorter than' },
  '<=': { score: 'of at most', area: 'of at most', length: 'of at most' },
  '>': { score: 'above', area: 'larger than', length: 'longer than' },
  '>=': { score: 'of at least', area: 'of at least', length: 'of at least' },
  '=': { score: 'of', area: 'of', length: 'of' },
};
const sizeText = (limit: Exclude<Limit, { kind: 'score' }>) =>
  `${limits[limit.is][limit.kind]} ${limit.value} ${unitText(limit.unit)}`;
/** Behind a noun: " with a score below 0.5", " smaller than 20 m²". */
const within = (limit: Limit | null) => {
  if (!limit) return '';
  return limit.kind === 'score' ? ` with a score ${limits[limit.is].score} ${limit.value}` : ` ${sizeText(limit)}`;
};
/** Sizes of boxes are larger than those of what they surround. */
const byBoxes = (objects: Objects, limit: Limit | null) =>
  limit && limit.kind !== 'score' && objects.some((object) => !hasOutline(object))
    ? ' Sizes are of boxes where there is no mask.'
    : '';
type Objects = readonly SceneObject[];

const did: Record<Decision, string> = { accepted: 'Accepted', rejected: 'Rejected' };

const left = (settled: number) =>
  settled === 0
    ? ''
    : ` ${numbered(null, settled)} decided before ${settled === 1 ? 'was' : 'were'} left as ${settled === 1 ? 'it is' : 'they are'}.`;

function first(objects: readonly SceneObject[], order: Order, label: string | null, of: number): Phrase {
  const place = formatOrder(order);
  if (of === 1) return say`${names(objects)}, the only ${noun(label, 1)} boxed so far.`;
  const equal = objects.length > 1 ? ', which are equal' : '';
  return say`${names(objects)}, the ${place} of the ${numbered(label, of)} boxed so far${equal}.`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const classList = (labels: readonly string[]) =>
  textOf(
    list(
      labels.map((label) => noun(label, 2)),
      ', ',
      ' and ',
    ),
  );

const lookNames: Record<Look, string> = {
  Natural: 'natural colours',
  'Colour-infrared': 'colour-infrared',
  'Short-wave infrared': 'short-wave infrared',
  Grey: 'grey',
  NDVI: 'NDVI',
  NDWI: 'NDWI',
};

export const english: Sayings = {
  decided: (decision, objects, label, limit, settled) =>
    say`${did[decision]} ${linked(numbered(label, objects.length), idsOf(objects))}${within(limit)}.${byBoxes(objects, limit)}${left(settled)}`,
  noneToDecide: (label, limit, settled) =>
    say`There is no undecided ${noun(label, 1)}${within(limit)}; nothing was changed.${left(settled)}`,
  decidedOne: (decision, object) => say`${did[decision]} ${name(object)}.`,
  decidedBefore: (decision, object) => say`${name(object)} is ${decision} already.`,
  notAScore: (value) => say`Scores lie between 0 and 1, and ${String(value)} doesn't. Say 0.5 or 50 %.`,
  noScale: (limit) =>
    say`This image has no scale, so sizes in ${limit.kind === 'score' ? '' : unitText(limit.unit)} can't be told. Say them in pixels.`,
  undone: (step) => say`Undid: ${stepName(step, 'en')}.`,
  redone: (step) => say`Did again: ${stepName(step, 'en')}.`,
  nothingToUndo: say`There is nothing to undo.`,
  nothingToRedo: say`There is nothing to redo.`,
  shown: (what, visible) => say`${what === 'boxes' ? 'Boxes' : 'Masks'} are ${visible ? 'shown' : 'hidden'}.`,
  noMasks: say` There are none yet: segment something.`,
  classesHidden: (labels) => say`${capital(classList(labels))} are hidden.`,
  classesShown: (labels) => say`${capital(classList(labels))} are shown again.`,
  onlyShown: (label, hidden) => say`Only ${noun(label, 2)} are shown; ${classList(hidden)} are hidden.`,
  isOnly: (label) => say`Only ${noun(label, 2)} are boxed, so there is nothing else to hide.`,
  nothingHidden: say`No class is hidden.`,
  zoomedToImage: say`Zoomed to the whole image.`,
  zoomedToRegion: say`Zoomed to the marked region.`,
  zoomedBy: (factor) => say`Zoomed ${factor > 1 ? 'in' : 'out'}.`,
  zoomedTo: (objects) => {
    const [only] = objects;
    const label = objects.every((each) => each.label === only!.label) ? only!.label : null;
    if (objects.length === 1) return say`Zoomed to ${name(only!)}.`;
    return say`Zoomed to ${linked(numbered(label, objects.length), idsOf(objects))}.`;
  },
  zoomedToFirst: (...about) => say`Zoomed to ${first(...about)}`,
  selected: (object) => say`Selected ${name(object)}.`,
  selectedFirst: (object, ...about) => say`Selected ${first([object], ...about)}`,
  noRegion: say`No region is marked. Draw one on the map (R).`,
  nothingSelected: say`Nothing is selected. Click a box first, or say its number.`,
  noNumber: (label, number, count) =>
    count === 0
      ? say`There is no ${noun(label, 1)} ${String(number)}: no ${noun(label, 2)} are boxed.`
      : say`There is no ${noun(label, 1)} ${String(number)} among the ${numbered(label, count)} boxed so far.`,
  severalOfNumber: (objects) => say`Several objects have this number: ${names(objects)}. Say which class.`,
  noOrder: (label) => say`The ${noun(label, 2)} can't be put in this order: they have no scores.`,
  noBoxesNamed: (word, labels) => {
    const there =
      labels.length === 0
        ? 'Nothing is boxed yet'
        : `Boxed so far: ${labels.map((label) => noun(label, 2)).join(', ')}`;
    return say`There are no boxes named “${word}”. ${there}.`;
  },
  noneYet: (label) => say`No ${noun(label, 2)} are boxed yet. Ask to find some first.`,
  exported: (fileName, count, label) => say`Saved ${fileName} with ${numbered(label, count)}.`,
  noneLeft: (label) => say`All ${noun(label, 2)} are rejected, so there is nothing to export.`,
  nothingToExport: say`There is nothing to export yet. Ask something first.`,
  noFormat: (format, known) => say`There is no export as “${format}”. There is: ${known.join(', ')}.`,
  looks: (look) =>
    look === 'NDVI' || look === 'NDWI'
      ? say`The map shows ${lookNames[look]}; the model still gets its own bands.`
      : say`The map shows ${lookNames[look]}, and the model gets the same bands.`,
  noBandFor: (look) => {
    if (look === 'Natural') return say`This image has no three bands for natural colours; it stays as it is.`;
    if (look === 'Grey')
      return say`This image has several bands. Choose “One band in colours” under “Bands” to see one of them.`;
    const band = look === 'Short-wave infrared' ? 'a short-wave and a near infrared band' : 'a near infrared band';
    return say`${look} needs ${band}, and none is known in this image. Choose the bands under “Bands”.`;
  },
  cleared: (answers, objects, reviewed) => {
    const kept = reviewed > 0 ? `, ${grouped(reviewed)} of them accepted or rejected` : '';
    const boxes = objects > 0 ? ` and ${numbered(null, objects)}${kept}` : '';
    return say`Removed ${grouped(answers)} ${answers === 1 ? 'answer' : 'answers'}${boxes}.`;
  },
  nothingToClear: say`The conversation is empty already.`,
};
