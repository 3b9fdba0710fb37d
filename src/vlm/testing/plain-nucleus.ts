import { argMax } from '../text/sampling.ts';

/**
 * Plain nucleus sampling that sorts the whole vocabulary. `createSampler` must make the same choices; tests and timings
 * compare them.
 */
export function plainNucleus(logits: Float32Array, temperature: number, topP: number, uniform: number): number {
  const top = logits[argMax(logits)]!;
  const weights = Array.from(logits, (logit, id) => ({ id, weight: Math.exp((logit - top) / temperature) }));
  weights.sort((a, b) => b.weight - a.weight || a.id - b.id);
  const total = weights.reduce((sum, w) => sum + w.weight, 0);
  let mass = 0;
  let count = 0;
  // At least one token is kept, whatever topP is.
  while (count < weights.length && (count === 0 || mass < topP * total)) mass += weights[count++]!.weight;
  let left = uniform * mass;
  for (let i = 0; i < count; i++) {
    left -= weights[i]!.weight;
    if (left < 0) return weights[i]!.id;
  }
  return weights[count - 1]!.id;
}
