import { batch } from '@preact/signals';
import { NadirError } from '../../lib/errors.ts';
import type { CoverEvidence } from '../../plan/evidence.ts';
import type { Result } from '../../plan/result.ts';
import type { ModelInfo, Scores } from '../../vlm/types.ts';
import type { VlmApi } from '../../workers/vlm/api.ts';
import { nothingToSee } from '../answer/blank-words.ts';
import { type Composed, plain } from '../answer/compose.ts';
import { type CutBy, cutShort, doneOf, endedAs } from '../asking/slices/coverage.ts';
import { joinScores } from '../asking/slices/joining.ts';
import { watchRun } from '../asking/slices/run-pulse.ts';
import { nounOf } from '../asking/slices/slices.ts';
import { coverLayerOf, putCover } from '../cover/cover-layer.ts';
import type { Answer } from '../document.ts';
import type { ModelKeeper } from '../model/model.ts';
import type { WorkerHost } from '../model/worker-host.ts';
import type { SceneKeeper } from '../opening/scene.ts';
import { joinSightings, pointedAt } from '../review/objects.ts';
import { replaceRepeated } from '../review/repeated.ts';
import { objectsOfLayer, patchAnswer, type SessionState } from '../state.ts';
import type { HeatMap } from '../teaching/port.ts';
import { coverOfRegion } from './cover-of-region.ts';
import type { EvidenceStore } from './evidence-store.ts';
import type { TilesGathered } from './gather-tiles.ts';
import { type PlanWorker, runApart } from './plan-run.ts';
import {
  concludePlan,
  evidenceFor,
  gatherFor,
  type PlanGathered,
  type PlannedWindows,
  tilesIn,
  windowsOf,
} from './planned.ts';
import { atScale, type PlannedQuestion, type ScaledQuestion } from './planned-question.ts';

/** Between two drafts of a running answer; a long scene's drafts take longer to make, and come less often. */
const PUBLISH_EVERY_MS = 400;
const SHARE_OF_DRAFTS = 0.2;

/** Answers from plans: gathers what is missing of the evidence, runs the plan, and publishes the answer as it comes. */
export class PlanRunner {
  private readonly store: EvidenceStore;
  private readonly state: SessionState;
  private readonly scenes: SceneKeeper;
  private readonly models: ModelKeeper;
  private readonly vlm: () => WorkerHost<VlmApi>;
  private readonly worker: PlanWorker;

  constructor(
    state: SessionState,
    scenes: SceneKeeper,
    models: ModelKeeper,
    vlm: () => WorkerHost<VlmApi>,
    worker: PlanWorker,
    store: EvidenceStore,
  ) {
    this.state = state;
    this.store = store;
    this.scenes = scenes;
    this.models = models;
    this.vlm = vlm;
    this.worker = worker;
  }

  /** Never rejects: a failure stands in the answer. */
  async run(asked: PlannedQuestion, signal: AbortSignal): Promise<void> {
    const question = atScale(asked);
    const { answerId } = question;
    const windows = windowsOf(question);
    const total = tilesIn(windows);
    const startedMs = performance.now();
    let nextDraftMs = startedMs + PUBLISH_EVERY_MS;
    const clock = watchRun(this.state.pulse, total, () => [this.vlm().pulse, this.scenes.pulse]);
    const progress = (done: number): Answer['progress'] => ({ done, total, elapsedMs: performance.now() - startedMs });
    patchAnswer(this.state, answerId, { progress: progress(0), slicing: windows.slicing });
    const context = { store: this.store, scenes: this.scenes, models: this.models, vlm: this.vlm, signal };
    try {
      let drafting: Promise<void> | null = null;
      const draft = async (soFar: PlanGathered) => {
        const beganMs = performance.now();
        const gathered = { own: copyOf(soFar.own), taught: soFar.taught.map(copyOf) };
        // The next draft, or the answer, tells what went wrong.
        await this.publish(question, windows, gathered, 'running', signal).catch(() => undefined);
        const tookMs = performance.now() - beganMs;
        nextDraftMs = performance.now() + Math.max(PUBLISH_EVERY_MS, tookMs / SHARE_OF_DRAFTS);
        drafting = null;
      };
      const gathered = await gatherFor(question, windows, context, {
        known: (soFar) => {
          const done = answeredOf(coverageIn(soFar, total));
          clock.known(done);
          patchAnswer(this.state, answerId, { progress: progress(done) });
        },
        tile: (soFar) => {
          clock.sliceDone();
          patchAnswer(this.state, answerId, { progress: progress(answeredOf(coverageIn(soFar, total))) });
          if (!drafting && performance.now() >= nextDraftMs) drafting = draft(soFar);
        },
      });
      await drafting;
      const coverage = coverageIn(gathered, total);
      patchAnswer(this.state, answerId, { progress: progress(answeredOf(coverage)) });
      const status = total === 0 ? 'done' : endedAs(coverage);
      await this.publish(question, windows, gathered, status, signal);
      if (status === 'failed') {
        patchAnswer(this.state, answerId, { error: failedIn(gathered)[0]?.error.toData() ?? null });
      }
      if (status === 'done') replaceRepeated(this.state, answerId);
    } catch (thrown) {
      const error = NadirError.from(thrown);
      // Stopped while the plan ran: the draft before it is what is known.
      const end =
        error.code === 'ABORTED'
          ? { status: 'stopped' as const }
          : { status: 'failed' as const, error: error.toData() };
      patchAnswer(this.state, answerId, end);
    } finally {
      clock.stop();
    }
  }

  private async publish(
    question: ScaledQuestion,
    windows: PlannedWindows,
    gathered: PlanGathered,
    status: Answer['status'],
    signal: AbortSignal,
  ): Promise<void> {
    const { answerId, plan, model, layer } = question;
    const known = objectsOfLayer(this.state, layer.layerId).here;
    const cover = await coverFor(question, windows, gathered);
    const { evidence, all } = evidenceFor(question, windows, gathered, known, cover);
    const result = await runApart(plan, evidence, layer.info, { worker: this.worker, signal });
    // The answer was removed, or everything was closed, while the plan ran.
    if (!this.state.answers.value.some(({ id }) => id === answerId)) return;
    const { composed, detections } = concludePlan(question, windows, result, all);
    // A person may have decided about objects meanwhile.
    const { here, elsewhere } = objectsOfLayer(this.state, layer.layerId);
    const joined = joinSightings(here, detections, answerId);
    const coverage = coverageIn(gathered, tilesIn(windows));
    const blank = blankIn(gathered);
    const words = { noun: nounOf(windows), chinese: plan.language === 'zh' };
    const isAllBlank = coverage.empty > 0 && coverage.empty === coverage.total;
    const said = isAllBlank ? nothingToSee(blank, words) : (composed ?? plain(''));
    const cut = (by: CutBy) => {
      const isAnySeen = coverage.answered + coverage.empty > 0;
      return pointedTo(cutShort(isAnySeen ? said : plain(''), { by, coverage, ...words }));
    };
    const pointedTo = (words: Composed) => pointedAt(words, joined.objectOf, model.classes);
    const isCut = (status === 'stopped' || status === 'failed') && doneOf(coverage) < coverage.total;
    const heat = heatOf(question, windows, gathered);
    const mapped = cover && coverLayerOf(question, cover, { coverage });
    batch(() => {
      if (heat) this.state.heat.value = heat;
      if (mapped) putCover(this.state, mapped, result);
      this.state.objects.value = [...elsewhere, ...joined.objects];
      patchAnswer(this.state, answerId, {
        ...(isCut ? cut(status) : pointedTo(said)),
        ifCut: status === 'running' ? cut('stopped') : null,
        result,
        status,
        coverage,
        blank,
        counts: { stated: estimateIn(result), merged: detections.length },
        scores: scoresIn(gathered.own, model),
        tiles: seenIn(gathered).flatMap(({ window, blank }) => (blank === null ? [window] : [])),
        failedTiles: failedIn(gathered).map(({ window, error }) => ({ tile: window, error: error.toData() })),
      });
    });
  }
}

/** The land cover that a plan needs, of the tiles so far. */
async function coverFor(
  { model, region }: PlannedQuestion,
  { wanted }: PlannedWindows,
  { own }: PlanGathered,
): Promise<CoverEvidence | null> {
  return wanted.cover && model.cover ? coverOfRegion(own.tiles.values(), region.window, model.cover) : null;
}

const copyOf = (gathered: TilesGathered): TilesGathered => ({
  ...gathered,
  tiles: new Map(gathered.tiles),
  failed: [...gathered.failed],
});

type Coverage = NonNullable<Answer['coverage']>;

const answeredOf = ({ answered, empty, failed }: Coverage) => answered + empty + failed;
const failedIn = ({ own, taught }: PlanGathered) => [own, ...taught].flatMap(({ failed }) => failed);
const seenIn = ({ own, taught }: PlanGathered) => [own, ...taught].flatMap(({ tiles }) => [...tiles.values()]);

function coverageIn(gathered: PlanGathered, total: number): Coverage {
  const seen = seenIn(gathered);
  const empty = seen.filter(({ blank }) => blank !== null).length;
  return { total, answered: seen.length - empty, empty, failed: failedIn(gathered).length };
}

function blankIn(gathered: PlanGathered): Record<'no-data' | 'one-value' | 'noise', number> {
  const counts = { 'no-data': 0, 'one-value': 0, noise: 0 };
  for (const { blank } of seenIn(gathered)) if (blank !== null) counts[blank] += 1;
  return counts;
}

/** A number of things that have no boxes to count; null if the result is none. */
function estimateIn(result: Result): number | null {
  const [only, ...others] = result.kind === 'count' ? result.rows : [];
  return only?.isEstimate && others.length === 0 ? only.count : null;
}

/** The scores of whole tiles, joined. */
function scoresIn({ tiles }: TilesGathered, { joins }: Pick<ModelInfo, 'joins'>): Scores {
  const seen = [...tiles.values()].filter(({ blank }) => blank === null);
  return seen.reduce<Scores>((so, { scores }, index) => joinScores(so, scores, index, joins), {});
}

/** Of the last taught class that was looked for; null if there was none. */
function heatOf({ layer }: PlannedQuestion, { taught }: PlannedWindows, gathered: PlanGathered): HeatMap | null {
  const last = taught.at(-1);
  const tiles = [...(gathered.taught.at(-1)?.tiles.values() ?? [])].flatMap(({ window, heat }) =>
    heat ? [{ window, heat }] : [],
  );
  return last && tiles.length > 0 ? { layerId: layer.layerId, name: last.taught.name, tiles } : null;
}
