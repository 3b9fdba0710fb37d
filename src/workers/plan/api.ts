import type { SceneInfo } from '../../imagery/image.ts';
import type { PackedEvidence } from '../../plan/packed.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Result } from '../../plan/result.ts';

/** The contract of the worker that runs plans about many things. Implemented in plan.worker.ts, called through client.ts. */
export interface PlanApi {
  /** As `runPlan`, whose errors it has. The evidence's buffers are moved. */
  run(
    plan: Plan,
    evidence: PackedEvidence,
    image: Pick<SceneInfo, 'georeference' | 'width' | 'height'>,
  ): Promise<Result>;
}
