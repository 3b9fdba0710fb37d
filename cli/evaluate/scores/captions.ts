/** F-measure of the longest common subsequence of words; the best over the references (Lin 2004, β = 1.2). */
export function rougeL(text: string, references: readonly string[]): number {
  const words = (s: string) => s.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const beta2 = 1.44;
  const found = words(text);
  return Math.max(
    0,
    ...references.map((reference) => {
      const wanted = words(reference);
      const common = lcsLength(found, wanted);
      if (common === 0) return 0;
      const precision = common / found.length;
      const recall = common / wanted.length;
      return ((1 + beta2) * precision * recall) / (recall + beta2 * precision);
    }),
  );
}

function lcsLength(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const next = [0];
    for (const [j, other] of b.entries()) next.push(word === other ? row[j]! + 1 : Math.max(row[j + 1]!, next[j]!));
    row = next;
  }
  return row[b.length]!;
}
