import { expect, it } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import { runPlan } from '../../plan/run/run.ts';
import { plan } from '../../plan/testing/evidence.ts';
import { manyThings } from '../../plan/testing/many.ts';
import type { PlanApi } from '../../workers/plan/api.ts';
import { fakeWorkers } from '../fakes.ts';
import { WorkerHost } from '../model/worker-host.ts';
import { type PlanWorker, runApart } from './plan-run.ts';

const counted = plan('count', ['car'], { where: 'near:building' });
const never = new AbortController().signal;

it('runs a plan about few things on the page, about many in the worker, to the same result', async () => {
  const workers = fakeWorkers();
  const worker = new WorkerHost<PlanApi>(workers.plans, () => undefined);
  for (const [things, calls] of [
    [100, []],
    [900, ['plans.run']],
  ] as const) {
    const { evidence, ground, image } = manyThings(things);
    const given = structuredClone(evidence);
    const result = await runApart(counted, evidence, image, { worker, signal: never });
    expect(result).toEqual(runPlan(counted, evidence, ground));
    expect(workers.calls).toEqual(calls);
    // The page goes on using its own evidence.
    expect(evidence).toEqual(given);
  }
});

const many = manyThings(900);
const run = (api: PlanApi['run'], signal: AbortSignal, restart: () => void = () => {}) => {
  const worker: PlanWorker = { api: { run: api }, restart };
  return runApart(counted, many.evidence, many.image, { worker, signal });
};

it('ends the worker when it is stopped', async () => {
  const stop = new AbortController();
  let end: (error: NadirError) => void = () => {};
  const running = run(
    () =>
      new Promise((_, reject) => {
        end = reject;
      }),
    stop.signal,
    () => end(new NadirError('WORKER_CRASHED', 'It was ended.')),
  );
  stop.abort();
  await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
});

it('still answers from what was gathered before it was stopped', async () => {
  const stop = new AbortController();
  stop.abort();
  const result = runPlan(counted, many.evidence, many.ground);
  expect(await run(async () => result, stop.signal)).toBe(result);
});

it('runs on the page if the worker’s file is out of reach, and says so if the worker is lost', async () => {
  const fails = (code: 'PART_MISSING' | 'WORKER_CRASHED') => async () => {
    throw new NadirError(code, 'No worker.');
  };
  expect(await run(fails('PART_MISSING'), never)).toEqual(runPlan(counted, many.evidence, many.ground));
  await expect(run(fails('WORKER_CRASHED'), never)).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
});
