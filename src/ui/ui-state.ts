import { computed, effect, signal } from '@preact/signals';
import type { PixelWindow } from '../geo/types.ts';
import type { SceneObject } from '../session/document.ts';
import { type TaskId, taskOf } from '../tasks/table.ts';
import type { Basemap } from './map/layers/basemap-url.ts';

/** State of the screen only: not part of the document, and without undo. */

export type ThemeChoice = 'system' | 'dark' | 'light';

const themeKey = 'nadir.theme';

function storedTheme(): ThemeChoice {
  try {
    const value = localStorage.getItem(themeKey);
    return value === 'dark' || value === 'light' ? value : 'system';
  } catch {
    return 'system'; // storage may be blocked; the choice then lasts until the page is closed
  }
}

export const theme = signal<ThemeChoice>(storedTheme());

/** Keeps the document's theme and the stored choice in sync with `theme`. Returns a function that stops this. */
export function applyTheme(): () => void {
  return effect(() => {
    const choice = theme.value;
    if (choice === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    try {
      if (choice === 'system') localStorage.removeItem(themeKey);
      else localStorage.setItem(themeKey, choice);
    } catch {
      // As above: the choice lasts until the page is closed.
    }
  });
}

export const leftPanelOpen = signal(true);
export const rightPanelOpen = signal(true);
export const helpOpen = signal(false);
export const goToOpen = signal(false);

export const boxesVisible = signal(true);
export const masksVisible = signal(true);
/** The class shown in the object list and on the map; null = all. */
export const classFilter = signal<string | null>(null);

/** True while the next drag on the map draws a region. */
export const drawing = signal(false);
/**
 * What a click on the map does besides selecting: read values, or measure. One at a time, and not while a region is
 * drawn.
 */
export type MapTool = 'values' | 'distance' | 'area';
export const mapTool = signal<MapTool | null>(null);

export function chooseTool(tool: MapTool | null): void {
  mapTool.value = mapTool.value === tool ? null : tool;
  if (mapTool.value !== null) drawing.value = false;
}

/** Source pixel under the pointer, fractional; null outside the scene. */
export const pointer = signal<{ xPx: number; yPx: number } | null>(null);
/** Source pixels per screen pixel. */
export const mapResolution = signal<number | null>(null);
/** What the map shows, in source pixels of the active layer; may extend beyond the scene. */
export const mapExtent = signal<PixelWindow | null>(null);
/** Number of map tiles that are being read. */
export const tilesPending = signal(0);
/** The answer whose region is outlined on the map. */
export const hoveredAnswer = signal<string | null>(null);

/** The tile server that the user named, for this page load; null if there is none. */
export const basemap = signal<Basemap | null>(null);

/** The answer whose slices are drawn on the map. */
export const slicesShown = signal<string | null>(null);

/**
 * Answers whose objects are hidden on the map and in the list. Answers about the same thing would otherwise cover each
 * other.
 */
export const hiddenAnswers = signal<ReadonlySet<string>>(new Set());

/** An object is hidden if all answers that include it are hidden. */
export function isHidden({ sightings }: Pick<SceneObject, 'sightings'>): boolean {
  return sightings.every(({ answerId }) => hiddenAnswers.value.has(answerId));
}

export function toggleAnswer(answerId: string): void {
  const next = new Set(hiddenAnswers.value);
  if (!next.delete(answerId)) next.add(answerId);
  hiddenAnswers.value = next;
}

/** The map's commands for the rest of the page; present while a map is on screen. */
export interface MapCommands {
  fit(): void;
  zoomBy(factor: number): void;
  zoomToObject(objectId: string): void;
  zoomToLayer(layerId: string): void;
  zoomToWindow(window: PixelWindow): void;
  /** Source pixels of the active layer. Marks the place for a moment. */
  centreOn(xPx: number, yPx: number): void;
  /** Marks a place for a moment, and moves there if it isn't in view. */
  pointTo(xPx: number, yPx: number): void;
  centre(): { xPx: number; yPx: number };
  /** Draws the imagery again, for the swipe. */
  redraw(): void;
  focus(): void;
}
export const mapCommands = signal<MapCommands | null>(null);

/** `auto`: the drawn region if there is one, else the view. */
export type RegionChoice = 'auto' | 'view' | 'scene';

export const draftTask = signal<TaskId>('ask');
export const draftLabel = signal('');
/** What the user typed; null while the box shows the task's own question. */
export const draftText = signal<string | null>(null);
export const regionChoice = signal<RegionChoice>('auto');

export const draftNeedsLabel = computed(() => taskOf(draftTask.value).needs.subject !== null);

/** Selects a task in the composer. Its own question replaces what was typed. */
export function chooseTask(task: TaskId): void {
  draftTask.value = task;
  draftText.value = taskOf(task).needs.text === 'required' ? '' : null;
}
