/**
 * Tells a model that has fallen into a loop. Two signs, over token ids:
 * - the end of the answer is the same n tokens several times in a row (short patterns need more repeats);
 * - a pointer is written again although it already stands in the answer, several times over: an object is named once.
 */
export function isRepeating(tokens: readonly number[], isPointer: (id: number) => boolean): boolean {
  return endsInLoop(tokens) || repeatsPointers(tokens, isPointer);
}

const longestPattern = 32;
/** Tokens that a loop has to cover, so that "the the" or a legitimate list isn't taken for one. */
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
