import { computed, type ReadonlySignal } from '@preact/signals';
import { cellOf, classAt } from '../../cover/cover-raster.ts';
import type { PixelWindow, Point } from '../../geo/types.ts';
import { NadirError } from '../../lib/errors.ts';
import { UNKNOWN } from '../../plan/evidence.ts';
import { cornersOfWindow } from '../../plan/ground/zone.ts';
import { PLAIN_PLAN, type Plan } from '../../plan/plan.ts';
import { LAND_COVER } from '../../plan/subjects.ts';
import { writeAnswer } from '../../plan/write/write.ts';
import type { AskingPort } from '../asking/port.ts';
import type { Answer, OpenScene } from '../document.ts';
import { type PlanWorker, runApart } from '../evidence/plan-run.ts';
import { exportCover } from '../exporting/exporting.ts';
import type { ExportedFile } from '../exporting/port.ts';
import type { History } from '../history/history.ts';
import type { StepId } from '../history/steps.ts';
import { placeName, type VectorLayers } from '../layers/vectors.ts';
import type { SessionState } from '../state.ts';
import type { CoverAreas, CoverLayer, CoverLook, CoverPort, CoverScope } from './port.ts';

const ALL: Plan = { ...PLAIN_PLAN, intent: 'find', subjects: [LAND_COVER] };

/** The land cover of the active layer: mapped by a question, shown, measured and saved. */
export class Cover implements CoverPort {
  readonly layer: ReadonlySignal<CoverLayer | null>;
  readonly isOffered: ReadonlySignal<boolean>;
  private readonly state: SessionState;
  private readonly history: History;
  private readonly asking: AskingPort;
  private readonly vectors: Pick<VectorLayers, 'polygonsNamed'>;
  private readonly worker: PlanWorker;

  constructor(
    state: SessionState,
    history: History,
    asking: AskingPort,
    vectors: Pick<VectorLayers, 'polygonsNamed'>,
    worker: PlanWorker,
  ) {
    this.state = state;
    this.history = history;
    this.asking = asking;
    this.vectors = vectors;
    this.worker = worker;
    this.layer = computed(() => state.covers.value.find(({ layerId }) => layerId === state.activeLayer.value) ?? null);
    this.isOffered = computed(() => {
      const model = state.model.value;
      return model.status === 'ready' && Boolean(model.loaded.model.cover && model.loaded.model.looks);
    });
  }

  map(region?: PixelWindow): Promise<Answer> {
    return this.asking.ask({ task: 'ask', plan: ALL, region: region ?? 'scene' });
  }

  look(change: Partial<CoverLook>): void {
    const { layerId, shown } = this.required().cover;
    const [key = ''] = Object.keys(change);
    this.put('set-cover-look', layerId, (cover) => cover && { ...cover, shown: { ...shown, ...change } }, key);
  }

  remove(): void {
    this.put('remove-cover', this.required().cover.layerId, () => null);
  }

  async areas(scope: CoverScope): Promise<CoverAreas> {
    const { cover, image } = this.required();
    const layer = scope.by === 'vectors' ? this.state.vectors.value.find(({ id }) => id === scope.id) : undefined;
    const name = layer && placeName(layer);
    const where = scope.by === 'marked' ? 'marked region' : name === undefined ? null : `layer:${name}`;
    const drawn = this.state.region.value;
    const evidence = {
      region: cover.region,
      regionKind: 'scene' as const,
      marked: drawn && cornersOfWindow(drawn),
      layers: name === undefined ? {} : { [name]: this.vectors.polygonsNamed(name, image) },
      tiles: [{ window: cover.region, state: 'looked' as const }],
      subjects: {
        [LAND_COVER]: { ...UNKNOWN, known: true, cover: { classes: cover.classes.map((_, k) => k), isExact: true } },
      },
      known: [],
      scenes: null,
      cover: { raster: cover.raster, classes: cover.classes },
    };
    const on = { worker: this.worker, signal: new AbortController().signal };
    const result = await runApart({ ...ALL, where }, evidence, image.info, on);
    if (result.kind === 'cover') return { rows: result.rows, whole: result.whole };
    const isUntold = result.kind === 'cannot' && result.reason === 'layer-overlaps';
    if (isUntold) throw new NadirError('VECTOR_INVALID', writeAnswer({ ...ALL, where }, result)?.text ?? '');
    return null;
  }

  at(xPx: number, yPx: number): { label: string; probability: number } | null {
    const cover = this.layer.value;
    const at: Point = [xPx, yPx];
    const cell = cover && cellOf(cover.raster, at);
    const found = cell === null ? null : classAt(cover!.raster, cell);
    return found && { label: cover!.classes[found.index]!.label, probability: found.probability };
  }

  exportAs(formatId: string): Promise<ExportedFile> {
    const { cover, image } = this.required();
    return exportCover(cover, image.info, formatId);
  }

  /** Errors: NO_IMAGE. */
  private required(): { cover: CoverLayer; image: OpenScene } {
    const [cover, image] = [this.layer.value, this.state.scene.value];
    if (cover && image) return { cover, image };
    throw new NadirError('NO_IMAGE', 'No land cover is mapped. Open an image, then map its land cover.');
  }

  /** Changes the land cover of an image layer as a step that can be undone. */
  private put(
    id: StepId,
    layerId: string,
    next: (cover: CoverLayer | null) => CoverLayer | null,
    mergeKey?: string,
  ): void {
    const of = () => this.state.covers.value.find((each) => each.layerId === layerId) ?? null;
    const set = (cover: CoverLayer | null) => {
      const others = this.state.covers.value.filter((each) => each.layerId !== layerId);
      this.state.covers.value = cover ? [...others, cover] : others;
    };
    const before = of();
    const target = this.state.layers.value.find((each) => each.layerId === layerId)?.name ?? '';
    this.history.run({
      id,
      target,
      apply: () => set(next(of())),
      // What was mapped since stays.
      revert: () => {
        const now = of();
        set(now && before ? { ...now, shown: before.shown } : before);
      },
      ...(mergeKey !== undefined && { mergeKey }),
    });
  }
}
