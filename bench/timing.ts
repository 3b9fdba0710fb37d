import type { Gpu } from '../src/gpu/device.ts';
import { encodeSteps, type Step } from '../src/gpu/step.ts';

/** Duration of a sample: long enough that the clock and the submit don't matter. */
const sampleMs = 50;
const maxRepeats = 500;

/**
 * Median milliseconds of one pass over `steps`: a warm-up, then `samples` timings from submit to the end of the queue,
 * each with as many passes in one command buffer as take `sampleMs`.
 */
export async function medianMs(gpu: Gpu, steps: readonly Step[], samples: number): Promise<number> {
  const once = async (repeats: number) => {
    const encoder = gpu.device.createCommandEncoder();
    for (let i = 0; i < repeats; i++) encodeSteps(encoder, steps);
    const commands = encoder.finish();
    const start = performance.now();
    gpu.device.queue.submit([commands]);
    await gpu.device.queue.onSubmittedWorkDone();
    return (performance.now() - start) / repeats;
  };
  await once(1);
  const estimate = await once(1);
  const repeats = Math.min(maxRepeats, Math.max(1, Math.ceil(sampleMs / estimate)));
  const times: number[] = [];
  for (let i = 0; i < samples; i++) times.push(await once(repeats));
  return median(times);
}

/** The middle value, or the mean of the two middle values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
