import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { PixelWindow, Point } from '../geo/types.ts';
import type { TaughtClass } from '../teaching/taught-class.ts';
import type { VectorLayer } from '../vectors/vector-layer.ts';
import type { BackendChoice } from '../vlm/types.ts';
import type { RunPulse } from './asking/port.ts';
import type { CoverLayer } from './cover/port.ts';
import type { Answer, OpenScene, SceneObject } from './document.ts';
import type { AdapterState, ModelState } from './model/port.ts';
import type { Notice } from './notices/port.ts';
import type { SampleScene } from './opening/port.ts';
import type { HeatMap, Lesson, TeachingProgress } from './teaching/port.ts';

/** The document as signals, written by the parts of the session. */
export interface SessionState {
  model: Signal<ModelState>;
  /** Name of the folder that the model comes from; null for the embedded one. */
  modelFolder: Signal<string | null>;
  adapter: Signal<AdapterState>;
  backendChoice: Signal<BackendChoice>;
  samples: Signal<SampleScene[]>;
  opening: Signal<string | null>;
  openingBytes: Signal<number | null>;
  /** The topmost first. */
  layers: Signal<OpenScene[]>;
  activeLayer: Signal<string | null>;
  /** The active layer; changed through `layers`. */
  scene: ReadonlySignal<OpenScene | null>;
  /** Over the images; the topmost first. */
  vectors: Signal<VectorLayer[]>;
  /** Of all layers. The ports show those of the active layer. */
  answers: Signal<Answer[]>;
  objects: Signal<SceneObject[]>;
  notices: Signal<Notice[]>;
  running: Signal<string | null>;
  pulse: Signal<RunPulse | null>;
  view: Signal<PixelWindow | null>;
  region: Signal<PixelWindow | null>;
  pointed: Signal<Point | null>;
  /** Classes that the user taught. */
  taught: Signal<readonly TaughtClass[]>;
  /** What the user is teaching. */
  lesson: Signal<Lesson>;
  teaching: Signal<TeachingProgress | null>;
  heat: Signal<HeatMap | null>;
  /** Of all image layers, at most one each. */
  covers: Signal<readonly CoverLayer[]>;
  hovered: Signal<string | null>;
  selected: Signal<string | null>;
  /** Classes whose objects are hidden on the map and in the list. */
  hiddenLabels: Signal<ReadonlySet<string>>;
}

export function createState(): SessionState {
  const layers = signal<OpenScene[]>([]);
  const activeLayer = signal<string | null>(null);
  return {
    layers,
    activeLayer,
    scene: computed(() => layers.value.find((layer) => layer.layerId === activeLayer.value) ?? null),
    model: signal<ModelState>({ status: 'idle' }),
    modelFolder: signal<string | null>(null),
    adapter: signal<AdapterState>({ info: null, changing: null, error: null }),
    backendChoice: signal<BackendChoice>('auto'),
    samples: signal<SampleScene[]>([]),
    opening: signal<string | null>(null),
    openingBytes: signal<number | null>(null),
    vectors: signal<VectorLayer[]>([]),
    answers: signal<Answer[]>([]),
    objects: signal<SceneObject[]>([]),
    notices: signal<Notice[]>([]),
    running: signal<string | null>(null),
    pulse: signal<RunPulse | null>(null),
    view: signal<PixelWindow | null>(null),
    region: signal<PixelWindow | null>(null),
    pointed: signal<Point | null>(null),
    taught: signal<readonly TaughtClass[]>([]),
    lesson: signal<Lesson>({ name: '', examples: [] }),
    teaching: signal<TeachingProgress | null>(null),
    heat: signal<HeatMap | null>(null),
    covers: signal<readonly CoverLayer[]>([]),
    hovered: signal<string | null>(null),
    selected: signal<string | null>(null),
    hiddenLabels: signal<ReadonlySet<string>>(new Set()),
  };
}

/** Changes one answer in place of the list; an answer that was removed meanwhile is left alone. */
export function patchAnswer(state: SessionState, answerId: string, patch: Partial<Answer>): void {
  state.answers.value = state.answers.value.map((answer) =>
    answer.id === answerId ? { ...answer, ...patch } : answer,
  );
}

/** Changes one layer in place of the list; a layer that was removed meanwhile is left alone. */
export function patchLayer(state: SessionState, layerId: string, change: Partial<OpenScene>): void {
  state.layers.value = state.layers.value.map((layer) => (layer.layerId === layerId ? { ...layer, ...change } : layer));
}

/** Answers about the active layer. Those of early versions name no layer. */
export function answersOfActive({ answers, activeLayer }: SessionState): Answer[] {
  return answers.value.filter(({ layerId }) => layerId === undefined || layerId === activeLayer.value);
}

/** Objects of one layer, and all others. */
export function objectsOfLayer(
  state: SessionState,
  layerId: string | undefined,
): { here: SceneObject[]; elsewhere: SceneObject[] } {
  const layerOf = new Map(state.answers.value.map((answer) => [answer.id, answer.layerId]));
  const isHere = (object: SceneObject) => layerOf.get(object.answerId) === layerId;
  return {
    here: state.objects.value.filter(isHere),
    elsewhere: state.objects.value.filter((object) => !isHere(object)),
  };
}
