import { effect, signal } from '@preact/signals';
import type { PixelWindow, RotatedBox } from '../../geo/types.ts';
import type { Session } from '../../session/port.ts';
import { report } from '../report.ts';
import { drawing, mapTool } from '../ui-state.ts';

/** What the next boxes on the map are: examples, examples of what the class isn't, or (null) no examples. */
export type Marking = 'one' | 'not-one';
export const marking = signal<Marking | null>(null);

// Another tool takes its place.
effect(() => {
  if (drawing.value || mapTool.value !== null) marking.value = null;
});

/** The example that the list and the map point out. */
export const pointedExample = signal<string | null>(null);
export const heatVisible = signal(true);

/** Pressing it again puts it away. */
export function chooseMarking(kind: Marking): void {
  marking.value = marking.value === kind ? null : kind;
  if (marking.value === null) return;
  drawing.value = false;
  mapTool.value = null;
}

/** Share of the view that a first example has which is placed without dragging. */
const FIRST_SHARE = 1 / 16;

type TeachSession = Pick<Session, 'layers' | 'notices' | 'teaching'>;

/** Marks a dragged box. */
export function markWindow(session: TeachSession, { x, y, width, height }: PixelWindow): void {
  mark(session, { cx: x + width / 2, cy: y + height / 2, w: width, h: height, thetaDeg: 0 });
}

/** Marks a place, with the size and angle of the last example, for a click and for the keyboard. */
export function markPlace(session: TeachSession, cx: number, cy: number): void {
  const active = session.layers.active.value?.layerId;
  const last = session.teaching.lesson.value.examples.findLast(({ layerId }) => layerId === active)?.box;
  const view = session.layers.view.value;
  const side = view ? Math.max(4, Math.min(view.width, view.height) * FIRST_SHARE) : 32;
  mark(session, { ...(last ?? { w: side, h: side, thetaDeg: 0 }), cx, cy });
}

function mark(session: TeachSession, box: RotatedBox): void {
  const isOne = marking.peek() !== 'not-one';
  void report(session.notices, 'teach-class', () => session.teaching.mark(box, isOne));
}
