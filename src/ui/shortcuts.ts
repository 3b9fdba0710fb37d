import type { Session } from '../session/port.ts';
import type { TaskId } from '../tasks/table.ts';
import { stepSwipe, swipe } from './map/tools/swipe-state.ts';
import { report } from './report.ts';
import { pickFile } from './shell/file-input.tsx';
import { chooseMarking, marking } from './teach/marking.ts';
import {
  boxesVisible,
  chooseTask,
  chooseTool,
  drawing,
  goToOpen,
  helpOpen,
  mapCommands,
  mapTool,
  masksVisible,
  rightPanelOpen,
} from './ui-state.ts';

/** Shown in the help dialog, in this order. */
export const shortcutList: readonly { keys: string[]; does: string }[] = [
  { keys: ['O'], does: 'Open a file' },
  { keys: ['F'], does: 'Find objects: choose the task and name the class' },
  { keys: ['I'], does: 'Read all bands’ values where you click' },
  { keys: ['Shift+I'], does: 'Ask what is in a region' },
  { keys: ['M', 'Shift+M'], does: 'Measure a distance, an area; Enter or a double click ends it' },
  { keys: ['G'], does: 'Go to coordinates' },
  { keys: ['R'], does: 'Draw a region on the map' },
  { keys: ['Space'], does: 'Held while drawing: pan instead' },
  { keys: ['T', 'Shift+T'], does: 'Teach: mark examples, and what it isn’t' },
  { keys: ['A'], does: 'Accept the selected object' },
  { keys: ['Delete'], does: 'Reject the selected object' },
  { keys: ['Tab', '↑', '↓'], does: 'Walk the object list' },
  {
    keys: ['Enter'],
    does: 'Zoom to the object in the list; ask, in the question box; with a tool, click in the middle of the map',
  },
  { keys: ['[', ']'], does: 'Less or more contrast' },
  { keys: ['1 … 9'], does: 'Show or hide an image layer, counted from the top' },
  { keys: ['B', 'K'], does: 'Show or hide boxes, masks' },
  { keys: ['S'], does: 'Compare two layers: swipe, flicker, neither' },
  { keys: ['Alt+↑', 'Alt+↓', 'F2'], does: 'In the list of images: move the layer, rename it' },
  { keys: ['+', '−', '0'], does: 'Zoom in, zoom out, fit the scene' },
  { keys: ['Ctrl+Z', 'Ctrl+Shift+Z'], does: 'Undo, redo' },
  { keys: ['Escape'], does: 'Put the tool away; stop drawing; stop comparing; clear the region; clear the selection' },
  { keys: ['?'], does: 'This list' },
];

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['radio', 'checkbox', 'range', 'button'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

function focusComposer(task: TaskId, fieldId: string): void {
  rightPanelOpen.value = true;
  chooseTask(task);
  // After the field has been drawn.
  requestAnimationFrame(() => document.getElementById(fieldId)?.focus());
}

/**
 * Percentile limits one step narrower (more contrast) or wider, within 0–20 % on each side; null at the end of the
 * scale.
 */
export function stepPercentiles(low: number, high: number, step: number): [number, number] | null {
  const nextLow = Math.min(20, Math.max(0, low + step));
  const nextHigh = Math.min(100, Math.max(80, high - step));
  return nextLow === low && nextHigh === high ? null : [nextLow, nextHigh];
}

function stepContrast(session: Pick<Session, 'images' | 'layers' | 'notices'>, step: number): void {
  const stretch = session.layers.active.value?.stretch;
  if (!stretch) return;
  const [low, high] = stretch.method === 'percentile' ? [stretch.low, stretch.high] : [2, 98];
  const next = stepPercentiles(low, high, step);
  if (next) void report(session.notices, 'change-stretch', () => session.images.setStretch('percentile', ...next));
}

function setSelectedState(session: Pick<Session, 'review'>, state: 'accepted' | 'rejected'): void {
  const id = session.review.selected.value;
  const object = session.review.objects.value.find((each) => each.id === id);
  // Pressing the same key again undoes the decision.
  if (object) session.review.setState(object.id, object.state === state ? 'proposed' : state);
}

/** Escape undoes one thing at a time, starting with the most temporary. */
function stepBack(session: Pick<Session, 'layers' | 'review'>): boolean {
  if (marking.value !== null) marking.value = null;
  else if (mapTool.value !== null) mapTool.value = null;
  else if (drawing.value) drawing.value = false;
  else if (swipe.value !== null) swipe.value = null;
  else if (session.layers.region.value) session.layers.region.value = null;
  else if (session.review.selected.value) session.review.selected.value = null;
  else return false;
  return true;
}

/** The ports that keys act on. */
type KeySession = Pick<Session, 'history' | 'images' | 'layers' | 'notices' | 'review'>;

function command(session: KeySession, key: string): (() => void) | null {
  const hasScene = session.layers.active.value !== null;
  if (key === '?')
    return () => {
      helpOpen.value = true;
    };
  if (key === 'o') return pickFile;
  if (!hasScene) return null;
  switch (key) {
    case 'f':
      return () => focusComposer('find', 'composer-label');
    case 'i':
      return () => chooseTool('values');
    case 'm':
      return () => chooseTool('distance');
    case 'M':
      return () => chooseTool('area');
    case 'g':
      return () => {
        goToOpen.value = true;
      };
    case 's':
      return () => compare(session);
    case 'I':
      return () => {
        focusComposer('identify', 'composer-question');
        if (!session.layers.region.value) drawing.value = true;
      };
    case 'r':
      return () => {
        drawing.value = !drawing.value;
        if (drawing.value) mapTool.value = null;
      };
    case 't':
      return () => chooseMarking('one');
    case 'T':
      return () => chooseMarking('not-one');
    case 'a':
      return () => setSelectedState(session, 'accepted');
    case 'delete':
    case 'backspace':
      return () => setSelectedState(session, 'rejected');
    case '[':
      return () => stepContrast(session, -1);
    case ']':
      return () => stepContrast(session, 1);
    case 'b':
      return () => {
        boxesVisible.value = !boxesVisible.value;
      };
    case 'k':
      return () => {
        masksVisible.value = !masksVisible.value;
      };
    case '0':
      return () => mapCommands.value?.fit();
    case '+':
    case '=':
      return () => mapCommands.value?.zoomBy(2);
    case '-':
      return () => mapCommands.value?.zoomBy(0.5);
    default:
      return toggleLayer(session, key);
  }
}

/** "1" is the topmost image. */
function toggleLayer(session: Pick<Session, 'layers'>, key: string): (() => void) | null {
  const layer = /^[1-9]$/.test(key) ? session.layers.all.value[Number(key) - 1] : undefined;
  return layer ? () => session.layers.change(layer.layerId, { visible: !layer.visible }) : null;
}

function compare(session: Pick<Session, 'layers' | 'notices'>): void {
  if (!stepSwipe(session)) {
    session.notices.inform('compare-layers', 'Two visible layers are needed. Add one, or show one that is hidden.');
  }
}

/**
 * Shortcuts work wherever the focus is, except in text fields and open dialogs. Returns a function that removes the
 * listener.
 */
export function listenForShortcuts(session: KeySession): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    const key = event.key.toLowerCase();
    if (key === 'escape') {
      // The browser closes an open menu, but not if the default action is prevented.
      if (document.querySelector('[popover]:popover-open')) return;
      if (stepBack(session)) event.preventDefault();
      return;
    }
    if (isTyping(event.target)) return;
    const isUndo = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (isUndo && (key === 'z' || key === 'y')) {
      event.preventDefault();
      if (key === 'y' || event.shiftKey) session.history.redo();
      else session.history.undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // A capital letter is a different shortcut only if Shift made it, not Caps Lock.
    const run = command(session, event.shiftKey && /^[a-z]$/.test(key) ? key.toUpperCase() : key);
    if (!run) return;
    event.preventDefault();
    run();
  };
  document.addEventListener('keydown', onKeyDown);
  return () => document.removeEventListener('keydown', onKeyDown);
}
