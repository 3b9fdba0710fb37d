/** Chooses the next token from logits. */
export type Sampler = (logits: Float32Array) => number;

/** `temperature` 0 is greedy. Otherwise nucleus sampling over the smallest set with probability ≥ topP, reproducible by seed. */
export function createSampler(options: { temperature: number; topP: number; seed: number }): Sampler {
  if (!(options.temperature > 0)) return argMax;
  const random = mulberry32(options.seed);
  return (logits) => sampleNucleus(logits, options.temperature, options.topP, random());
}

/** Index of the largest value, the lowest index among equals; NaN never wins. */
export function argMax(logits: Float32Array): number {
  let best = 0;
  let bestValue = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) {
    if (logits[i]! > bestValue) {
      bestValue = logits[i]!;
      best = i;
    }
  }
  return best;
}

function sampleNucleus(logits: Float32Array, temperature: number, topP: number, uniform: number): number {
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

/** Mulberry32: a 32-bit seeded generator of numbers in [0,1). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
