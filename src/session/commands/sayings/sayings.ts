import type { Order } from '../../../plan/terms/order.ts';
import type { Phrase } from '../../../plan/write/phrase.ts';
import type { SceneObject } from '../../document.ts';
import type { Step } from '../../history/steps.ts';
import type { Decision, Limit, Look, Overlay } from '../command.ts';

type Objects = readonly SceneObject[];

/** What is said of a command that was done, or why it wasn't; in one language. A label of null means objects of every class. */
export interface Sayings {
  /** `settled`: in the range, too, and left as a person decided. */
  decided(decision: Decision, objects: Objects, label: string | null, limit: Limit | null, settled: number): Phrase;
  noneToDecide(label: string | null, limit: Limit | null, settled: number): Phrase;
  decidedOne(decision: Decision, object: SceneObject): Phrase;
  decidedBefore(decision: Decision, object: SceneObject): Phrase;
  notAScore(value: number): Phrase;
  /** A size in metres, on an image without a scale. */
  noScale(limit: Limit): Phrase;
  undone(step: Step): Phrase;
  redone(step: Step): Phrase;
  nothingToUndo: Phrase;
  nothingToRedo: Phrase;
  shown(what: Overlay, visible: boolean): Phrase;
  noMasks: Phrase;
  classesHidden(labels: readonly string[]): Phrase;
  classesShown(labels: readonly string[]): Phrase;
  onlyShown(label: string, hidden: readonly string[]): Phrase;
  /** There are boxes of no other class to hide. */
  isOnly(label: string): Phrase;
  nothingHidden: Phrase;
  zoomedToImage: Phrase;
  zoomedToRegion: Phrase;
  zoomedBy(factor: number): Phrase;
  zoomedTo(objects: Objects): Phrase;
  /** `of`: how many are known, the first ones included. */
  zoomedToFirst(objects: Objects, order: Order, label: string | null, of: number): Phrase;
  selected(object: SceneObject): Phrase;
  selectedFirst(object: SceneObject, order: Order, label: string | null, of: number): Phrase;
  noRegion: Phrase;
  nothingSelected: Phrase;
  noNumber(label: string | null, number: number, count: number): Phrase;
  severalOfNumber(objects: Objects): Phrase;
  noOrder(label: string | null): Phrase;
  /** `labels`: of the boxes that there are. */
  noBoxesNamed(noun: string, labels: readonly string[]): Phrase;
  noneYet(label: string | null): Phrase;
  exported(fileName: string, count: number, label: string | null): Phrase;
  /** All of the class are rejected. */
  noneLeft(label: string | null): Phrase;
  nothingToExport: Phrase;
  noFormat(format: string, known: readonly string[]): Phrase;
  looks(look: Look): Phrase;
  noBandFor(look: Look): Phrase;
  cleared(answers: number, objects: number, reviewed: number): Phrase;
  nothingToClear: Phrase;
}
