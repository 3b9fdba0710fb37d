import { argMax } from '../text/sampling.ts';

/** Nucleus sampling the plain way: the whole vocabulary sorted. What `createSampler` has to choose, for tests and timing. */
export function plainNucleus(logits: Float32Array, temperature: number, topP: number, uniform: number): number {
  const top = logits[argMax(logits)]!;
  const weights = Array.from(logits, (logit, id) => ({ id, weight: Math.exp((logit - top) / temperature) }));
  weights.sort((a, b) => b.weight - a.weight || a.id - b.id);
  const total = weights.reduce((sum, w) => sum + w.weight, 0);
  let mass = 0;
  let count = 0;
  // At least one token stays, whatever topP is.
  while (count < weights.length && (count === 0 || mass < topP * total)) mass += weights[count++]!.weight;
  let left = uniform * mass;
  for (let i = 0; i < count; i++) {
    left -= weights[i]!.weight;
    if (left < 0) return weights[i]!.id;
  }
  return weights[count - 1]!.id;
}
