import { groundOf } from '../../plan/ground/ground.ts';
import { unpackEvidence } from '../../plan/packed.ts';
import { runPlan } from '../../plan/run/run.ts';
import { serve } from '../rpc.ts';
import type { PlanApi } from './api.ts';

serve<PlanApi>({
  run: async (plan, evidence, { georeference, width, height }) =>
    runPlan(plan, unpackEvidence(evidence), groundOf(georeference, width, height)),
});
