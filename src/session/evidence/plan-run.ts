import type { SceneInfo } from '../../imagery/image.ts';
import { NadirError } from '../../lib/errors.ts';
import type { Evidence } from '../../plan/evidence.ts';
import { groundOf } from '../../plan/ground/ground.ts';
import { packEvidence } from '../../plan/packed.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Result } from '../../plan/result.ts';
import { runPlan } from '../../plan/run/run.ts';
import type { PlanApi } from '../../workers/plan/api.ts';
import type { WorkerHost } from '../model/worker-host.ts';

/** Plans about more things than these, which take some 50 ms, run in a worker of their own. */
const MOST_ON_PAGE = 1000;
/** Cells of the land cover that take as long as a thing. */
const CELLS_PER_THING = 300;

export type PlanWorker = Pick<WorkerHost<PlanApi>, 'api' | 'restart'>;

/**
 * As `runPlan`, without holding up the page. Ends the worker when the signal aborts; a signal that had aborted before doesn't
 * count, since what was gathered until then is still answered from. Errors: as `runPlan`; ABORTED; WORKER_CRASHED.
 */
export async function runApart(
  plan: Plan,
  evidence: Evidence,
  image: Pick<SceneInfo, 'georeference' | 'width' | 'height'>,
  { worker, signal }: { worker: PlanWorker; signal: AbortSignal },
): Promise<Result> {
  const { georeference, width, height } = image;
  const cells = evidence.cover ? evidence.cover.raster.rows * evidence.cover.raster.cols : 0;
  const things = Object.values(evidence.subjects).reduce(
    (sum, subject) => sum + (subject.things?.length ?? 0),
    cells / CELLS_PER_THING,
  );
  const here = () => runPlan(plan, evidence, groundOf(georeference, width, height));
  if (things <= MOST_ON_PAGE) return here();
  let isCancelled = false;
  const cancel = () => {
    isCancelled = true;
    worker.restart();
  };
  if (!signal.aborted) signal.addEventListener('abort', cancel, { once: true });
  try {
    return await worker.api.run(plan, packEvidence(evidence), { georeference, width, height });
  } catch (thrown) {
    if (isCancelled) throw new NadirError('ABORTED', 'Stopped on request.', { cause: thrown });
    const error = NadirError.from(thrown);
    // Without the server that has its file it takes longer, but it is answered.
    if (error.code === 'PART_MISSING') return here();
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
