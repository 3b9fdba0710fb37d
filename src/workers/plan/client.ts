import type { NadirError } from '../../lib/errors.ts';
import { buffersIn } from '../../plan/packed.ts';
import { type Part, startWorker } from '../parts.ts';
import { connect, type WorkerClient } from '../rpc.ts';
import { moved } from '../transfer.ts';
import type { Patience } from '../watch.ts';
import type { PlanApi } from './api.ts';
import workerUrl from './plan.worker.ts?worker&url';

export const PLAN_PART: Part = {
  what: 'The worker for plans',
  url: new URL(workerUrl, import.meta.url).href,
  type: 'text/javascript',
};

/** A run makes no steps in between; a million things take some ten seconds. */
const PATIENCE: Patience = { firstMs: 300_000, minMs: 300_000 };

export function createPlanClient(onCrash?: (error: NadirError) => void): WorkerClient<PlanApi> {
  const { what } = PLAN_PART;
  const client = connect<PlanApi>(startWorker(PLAN_PART, 'plan'), { what, patience: PATIENCE, onCrash });
  return {
    terminate: client.terminate,
    get pulse() {
      return client.pulse;
    },
    api: { run: (plan, evidence, image) => client.api.run(plan, moved(evidence, buffersIn(evidence)), image) },
  };
}
