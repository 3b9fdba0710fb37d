/**
 * Detects a model that repeats itself endlessly. Either of two signs over token ids is enough:
 * - the answer ends with the same n tokens several times in a row (short patterns need more repeats);
 * - pointers that are already in the answer are written again several times, although an object is named only once.
 */
export function isRepeating(tokens: readonly number[], isPointer: (id: number) => boolean): boolean {
  return endsInLoop(tokens) || repeatsPointers(tokens, isPointer);
}

const longestPattern = 32;
/** A loop must cover this many tokens, so that "the the" or a legitimate list doesn't count as one. */
const loopTokens = 12;
const leastRepeats = 3;
const repeatedPointers = 3;

function endsInLoop(tokens: readonly number[]): boolean {
  const end = tokens.length;
  for (let n = 1; n <= longestPattern; n++) {
    const repeats = Math.max(leastRepeats, Math.ceil(loopTokens / n));
    if (n * repeats > end) continue;
    let same = true;
    for (let i = end - 1; same && i >= end - n * (repeats - 1); i--) same = tokens[i] === tokens[i - n];
    if (same) return true;
  }
  return false;
}

function repeatsPointers(tokens: readonly number[], isPointer: (id: number) => boolean): boolean {
  const seen = new Set<number>();
  let again = 0;
  for (const id of tokens) {
    if (!isPointer(id)) continue;
    if (seen.has(id)) again++;
    seen.add(id);
  }
  return again >= repeatedPointers;
}
