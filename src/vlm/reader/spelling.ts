/**
 * Corrects words outside the encoder's vocabulary to the nearest word of the domain. Words of up to six letters may
 * differ by one change, longer words by two. A change adds, removes or replaces a letter, or swaps two neighbours. The
 * first letter must match.
 */
export class Speller {
  private readonly domain: readonly string[];
  private readonly known: ReadonlySet<string>;

  /**
   * `domain`: more common words first; of equally near words, the first is chosen. `known`: words that are already
   * correct.
   */
  constructor(domain: readonly string[], known: Iterable<string>) {
    this.domain = domain.filter((word) => word.length >= 3);
    this.known = new Set([...known, ...domain]);
  }

  mend(word: string): string {
    if (word.length < 3 || !/^[a-z]+$/.test(word) || this.known.has(word)) return word;
    const most = word.length < 7 ? 1 : 2;
    let nearest = word;
    let least = most + 1;
    for (const other of this.domain) {
      if (other[0] !== word[0]) continue;
      const changes = distance(word, other, most);
      if (changes < least) [least, nearest] = [changes, other];
    }
    return nearest;
  }
}

/**
 * Damerau-Levenshtein distance with adjacent swaps (optimal string alignment). Returns `most` + 1 if the lengths alone
 * differ by more than `most`.
 */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
