import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PixelWindow } from '../geo/types.ts';
import type { SceneObject } from '../session/document.ts';
import type { Session } from '../session/port.ts';
import { swipe } from './map/tools/swipe-state.ts';
import { listenForShortcuts, shortcutList, stepPercentiles } from './shortcuts.ts';
import { marking } from './teach/marking.ts';
import * as ui from './ui-state.ts';

/** What a session's methods were called with, in order. */
let calls: unknown[][];
let session: ReturnType<typeof fakeSession>;
let page: EventTarget & { querySelector(selector: string): unknown; getElementById(id: string): unknown };
let stopListening: () => void;
/** Element ids that were clicked or focused. */
let touched: string[];

class FakeElement extends EventTarget {
  isContentEditable = false;
}
class FakeInput extends FakeElement {
  constructor(readonly type: string) {
    super();
  }
}

/** What the shortcuts read of a session, and may be changed here. */
function fakeSession() {
  const record =
    (name: string) =>
    (...args: unknown[]) => {
      calls.push([name, ...args]);
      return Promise.resolve();
    };
  const layers = [
    { layerId: 'top', visible: true },
    { layerId: 'bottom', visible: true },
  ];
  return {
    notices: { settle: () => undefined, inform: record('inform') },
    layers: {
      active: signal<object | null>({ stretch: { method: 'percentile', low: 2, high: 98 } }),
      all: signal(layers),
      region: signal<PixelWindow | null>(null),
      change: record('change layer'),
    },
    review: {
      selected: signal<string | null>('o1'),
      objects: signal([{ id: 'o1', state: 'proposed' } as SceneObject]),
      setState: record('set state'),
    },
    images: { setStretch: record('setStretch') },
    history: { undo: record('undo'), redo: record('redo') },
  };
}

beforeEach(() => {
  calls = [];
  touched = [];
  page = Object.assign(new EventTarget(), {
    querySelector: (): unknown => null,
    getElementById: (id: string) => ({ click: () => touched.push(id), focus: () => touched.push(id) }),
  });
  vi.stubGlobal('document', page);
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => run());
  vi.stubGlobal('HTMLElement', FakeElement);
  vi.stubGlobal('HTMLInputElement', FakeInput);
  vi.stubGlobal('HTMLTextAreaElement', class extends FakeElement {});
  vi.stubGlobal('HTMLSelectElement', class extends FakeElement {});
  ui.helpOpen.value = false;
  ui.goToOpen.value = false;
  ui.boxesVisible.value = true;
  ui.masksVisible.value = true;
  ui.drawing.value = false;
  ui.mapTool.value = null;
  marking.value = null;
  ui.rightPanelOpen.value = false;
  ui.draftTask.value = 'ask';
  ui.mapCommands.value = {
    fit: () => calls.push(['fit']),
    zoomBy: (factor: number) => calls.push(['zoomBy', factor]),
  } as unknown as ui.MapCommands;
  swipe.value = null;
  session = fakeSession();
  stopListening = listenForShortcuts(session as unknown as Session);
});

afterEach(() => {
  stopListening();
  vi.unstubAllGlobals();
});

/** Presses "Ctrl+Shift+Z" and the like on `target`, as a browser reports it; true if a shortcut handled the key. */
function press(name: string, target: EventTarget = page): boolean {
  const parts = name.length > 1 && name !== '+' ? name.split('+') : [name];
  const last = parts.at(-1)!;
  const shiftKey = parts.includes('Shift');
  const named: Record<string, string> = { '−': '-', Space: ' ', '↑': 'ArrowUp', '↓': 'ArrowDown' };
  const letter = shiftKey ? last.toUpperCase() : last.toLowerCase();
  const event = Object.assign(new Event('keydown', { cancelable: true }), {
    key: /^[A-Z]$/.test(last) ? letter : (named[last] ?? last),
    shiftKey,
    ctrlKey: parts.includes('Ctrl'),
    metaKey: parts.includes('Meta'),
    altKey: parts.includes('Alt'),
  });
  Object.defineProperty(event, 'target', { value: target });
  page.dispatchEvent(event);
  return event.defaultPrevented;
}

/** Each key in the help that works everywhere, and its visible effect. */
const everywhere: Record<string, () => void> = {
  O: () => expect(touched).toEqual(['scene-file']),
  F: () => {
    expect([ui.draftTask.value, ui.rightPanelOpen.value]).toEqual(['find', true]);
    expect(touched).toEqual(['composer-label']);
  },
  I: () => expect(ui.mapTool.value).toBe('values'),
  'Shift+I': () => {
    expect([ui.draftTask.value, ui.drawing.value]).toEqual(['identify', true]);
    expect(touched).toEqual(['composer-question']);
  },
  M: () => expect(ui.mapTool.value).toBe('distance'),
  'Shift+M': () => expect(ui.mapTool.value).toBe('area'),
  G: () => expect(ui.goToOpen.value).toBe(true),
  R: () => expect(ui.drawing.value).toBe(true),
  T: () => expect(marking.value).toBe('one'),
  'Shift+T': () => expect(marking.value).toBe('not-one'),
  A: () => expect(calls).toEqual([['set state', 'o1', 'accepted']]),
  Delete: () => expect(calls).toEqual([['set state', 'o1', 'rejected']]),
  '[': () => expect(calls).toEqual([['setStretch', 'percentile', 1, 99]]),
  ']': () => expect(calls).toEqual([['setStretch', 'percentile', 3, 97]]),
  B: () => expect([ui.boxesVisible.value, ui.masksVisible.value]).toEqual([false, true]),
  K: () => expect([ui.boxesVisible.value, ui.masksVisible.value]).toEqual([true, false]),
  S: () => expect(swipe.value).toMatchObject({ mode: 'swipe', layerId: 'top' }),
  '+': () => expect(calls).toEqual([['zoomBy', 2]]),
  '−': () => expect(calls).toEqual([['zoomBy', 0.5]]),
  '0': () => expect(calls).toEqual([['fit']]),
  'Ctrl+Z': () => expect(calls).toEqual([['undo']]),
  'Ctrl+Shift+Z': () => expect(calls).toEqual([['redo']]),
  Escape: () => expect(session.review.selected.value).toBeNull(),
  '?': () => expect(ui.helpOpen.value).toBe(true),
};

/** Keys that the object list, the list of images or the map handle themselves when they have the focus. */
const elsewhere = ['Space', 'Tab', '↑', '↓', 'Enter', 'Alt+↑', 'Alt+↓', 'F2'];

describe('the keys', () => {
  it.each(Object.keys(everywhere))('%s does what the help says', (name) => {
    expect(press(name)).toBe(true);
    everywhere[name]!();
  });

  it('1 … 9 show or hide an image layer, counted from the top', () => {
    expect(press('2')).toBe(true);
    expect(calls).toEqual([['change layer', 'bottom', { visible: false }]]);
    expect(press('3')).toBe(false);
  });

  it('are all in the help, and the help lists no others', () => {
    const listed = shortcutList.flatMap(({ keys }) => keys);
    expect(listed.toSorted()).toEqual([...Object.keys(everywhere), '1 … 9', ...elsewhere].toSorted());
  });

  it('that the help leaves to a place of the page do nothing elsewhere', () => {
    for (const name of elsewhere) expect(press(name), name).toBe(false);
    expect(calls).toEqual([]);
  });

  it('go by Shift, not by Caps Lock', () => {
    const event = Object.assign(new Event('keydown', { cancelable: true }), { key: 'M', shiftKey: false });
    page.dispatchEvent(event);
    expect(ui.mapTool.value).toBe('distance');
  });

  it('take a decision back when they are pressed again', () => {
    session.review.objects.value = [{ id: 'o1', state: 'accepted' } as SceneObject];
    press('A');
    expect(calls).toEqual([['set state', 'o1', 'proposed']]);
  });

  it('do nothing without an image but open one and show the help', () => {
    session.layers.active.value = null;
    const taken = Object.keys(everywhere).filter((name) => press(name));
    // Undo, redo and Escape also work without an image.
    expect(taken).toEqual(['O', 'Ctrl+Z', 'Ctrl+Shift+Z', 'Escape', '?']);
  });

  it('don’t work in text fields, except Escape, but on other controls', () => {
    for (const target of [new FakeInput('text'), Object.assign(new FakeElement(), { isContentEditable: true })]) {
      for (const name of ['A', 'R', '+', 'Ctrl+Z']) expect(press(name, target), name).toBe(false);
    }
    expect(calls).toEqual([]);
    expect(press('Escape', new FakeInput('text'))).toBe(true);
    for (const type of ['checkbox', 'range']) expect(press('A', new FakeInput(type))).toBe(true);
  });

  it('rest while a dialog is open, and when something else took the key', () => {
    page.querySelector = (selector) => (selector === 'dialog[open]' ? {} : null);
    expect(press('?')).toBe(false);
    page.querySelector = () => null;
    const taken = Object.assign(new Event('keydown', { cancelable: true }), { key: '?' });
    taken.preventDefault();
    page.dispatchEvent(taken);
    expect(ui.helpOpen.value).toBe(false);
  });

  it("leave the browser's own combinations alone", () => {
    for (const name of ['Ctrl+A', 'Ctrl+R', 'Meta+F', 'Alt+S', 'Ctrl+0']) expect(press(name), name).toBe(false);
    expect(calls).toEqual([]);
    expect(press('Meta+Z')).toBe(true);
    expect(press('Ctrl+Y')).toBe(true);
    expect(calls).toEqual([['undo'], ['redo']]);
  });

  it('Escape puts one thing away at a time, the most fleeting first', () => {
    ui.mapTool.value = 'area';
    ui.drawing.value = true;
    swipe.value = { mode: 'swipe', layerId: 'top', position: 0.5 };
    session.layers.region.value = { x: 0, y: 0, width: 9, height: 9 };
    const held = [ui.mapTool, ui.drawing, swipe, session.layers.region, session.review.selected];
    const left = () => held.map(({ value }) => Boolean(value));
    const seen = Array.from({ length: 5 }, () => {
      press('Escape');
      return left();
    });
    expect(seen).toEqual([
      [false, true, true, true, true],
      [false, false, true, true, true],
      [false, false, false, true, true],
      [false, false, false, false, true],
      [false, false, false, false, false],
    ]);
    expect(press('Escape')).toBe(false);
  });

  it('Escape is left to an open menu, which it closes', () => {
    session.layers.region.value = { x: 0, y: 0, width: 9, height: 9 };
    page.querySelector = (selector) => (selector.includes(':popover-open') ? {} : null);
    expect(press('Escape')).toBe(false);
    expect(session.layers.region.value).not.toBeNull();
    page.querySelector = () => null;
    expect(press('Escape')).toBe(true);
    expect(session.layers.region.value).toBeNull();
  });

  it('say that there is nothing to compare', () => {
    session.layers.all.value = session.layers.all.value.slice(0, 1);
    press('S');
    expect(calls).toEqual([['inform', 'compare-layers', expect.stringContaining('Two visible layers')]]);
  });

  it('are heard no longer once the listener is disposed', () => {
    stopListening();
    expect(press('?')).toBe(false);
  });
});

describe('stepPercentiles', () => {
  it('changes both tails equally and stops at the ends', () => {
    expect(stepPercentiles(2, 98, 1)).toEqual([3, 97]);
    expect(stepPercentiles(0, 100, -1)).toBeNull();
    expect(stepPercentiles(20, 80, 1)).toBeNull();
    expect(stepPercentiles(0.5, 99, -1)).toEqual([0, 100]);
  });
});
