/** Chooses the next token from logits. */
export type Sampler = (logits: Float32Array) => number;

/**
 * `temperature` 0 is greedy. Otherwise it samples from the nucleus: the smallest set with probability ≥ topP. The same
 * seed gives the same tokens.
 */
export function createSampler(options: { temperature: number; topP: number; seed: number }): Sampler {
  const { temperature, topP, seed } = options;
  if (!(temperature > 0)) return argMax;
  const random = mulberry32(seed);
  const nucleus = new Nucleus();
  return (logits) => nucleus.draw(logits, temperature, topP, random());
}

/** Index of the largest value, or the lowest such index if several are equal. NaN never wins. */
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

/**
 * Nucleus sampling without sorting the vocabulary. Tokens leave a heap in order of probability, and only as many as the
 * nucleus holds. The arrays are reused from token to token.
 */
class Nucleus {
  /** By token id: the token's probability divided by that of the most probable token. */
  #weights = new Float64Array(0);
  /** The first `#size` entries are a heap of token ids. The ids already removed follow, the last one removed first. */
  #ids = new Uint32Array(0);
  #size = 0;

  /** `uniform` in [0, 1) selects from the nucleus: the most probable token first, and the lower id first among equals. */
  draw(logits: Float32Array, temperature: number, topP: number, uniform: number): number {
    const total = this.#weigh(logits, temperature);
    // The whole vocabulary needs no collecting, because its mass is known.
    const nucleus = topP < 1 ? this.#collect(topP * total) : { count: logits.length, mass: total };
    let left = uniform * nucleus.mass;
    for (let rank = 0; rank < nucleus.count - 1; rank++) {
      const id = this.#ranked(rank);
      left -= this.#weights[id]!;
      if (left < 0) return id;
    }
    return this.#ranked(nucleus.count - 1);
  }

  /** Counts the most probable tokens needed to reach a mass; at least one. */
  #collect(leastMass: number): { count: number; mass: number } {
    let count = 0;
    let mass = 0;
    while (count < this.#ids.length && (count === 0 || mass < leastMass)) mass += this.#weights[this.#ranked(count++)]!;
    return { count, mass };
  }

  /**
   * The token of a rank; rank 0 is the most probable. A caller must start at rank 0 and skip no rank; it may ask for
   * one again.
   */
  #ranked(rank: number): number {
    const at = this.#ids.length - 1 - rank;
    if (at < this.#size) this.#takeLargest();
    return this.#ids[at]!;
  }

  /** Fills the weights and the heap. Returns the sum of all weights. */
  #weigh(logits: Float32Array, temperature: number): number {
    const count = logits.length;
    if (this.#weights.length !== count) {
      this.#weights = new Float64Array(count);
      this.#ids = new Uint32Array(count);
    }
    const weights = this.#weights;
    const top = logits[argMax(logits)]!;
    let total = 0;
    for (let id = 0; id < count; id++) {
      const weight = Math.exp((logits[id]! - top) / temperature);
      // NaN gets weight 0.
      weights[id] = Number.isNaN(weight) ? 0 : weight;
      total += weights[id]!;
      this.#ids[id] = id;
    }
    this.#size = count;
    for (let at = (count >> 1) - 1; at >= 0; at--) this.#sink(at);
    return total;
  }

  /** Moves the heap's most probable id to the position right after the heap. */
  #takeLargest(): void {
    const ids = this.#ids;
    const largest = ids[0]!;
    this.#size--;
    ids[0] = ids[this.#size]!;
    ids[this.#size] = largest;
    this.#sink(0);
  }

  /** Moves the id at `at` down until the heap is in order. */
  #sink(at: number): void {
    const ids = this.#ids;
    const id = ids[at]!;
    for (let child = 2 * at + 1; child < this.#size; child = 2 * at + 1) {
      if (child + 1 < this.#size && this.#isBefore(ids[child + 1]!, ids[child]!)) child++;
      if (!this.#isBefore(ids[child]!, id)) break;
      ids[at] = ids[child]!;
      at = child;
    }
    ids[at] = id;
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#weights[a]! - this.#weights[b]!;
    return difference > 0 || (difference === 0 && a < b);
  }
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
