/**
 * Colours of land cover, by words of a class's name: as maps have them, and told apart with any colour vision by their lightness and
 * hue (colours.test.ts measures that). Others get spare ones.
 */
const COLOURS: readonly [words: RegExp, hex: string][] = [
  [/water|sea|lake|river/, '#1232f2'],
  [/tree|forest|wood/, '#09350c'],
  [/grass|vegetation|herb|crop|field/, '#97f285'],
  [/bare|soil|sand/, '#d8810d'],
  [/building|built/, '#df2560'],
  [/road|pavement|paved/, '#b5b5bf'],
];
const SPARE = ['#7a3fb5', '#45c4d6', '#f4e9c1', '#5b3a1e'];

/** "#1232f2" of each class, in their order. */
export function coverColours(labels: readonly string[]): string[] {
  let spare = 0;
  const used = new Set<string>();
  return labels.map((label) => {
    const own = COLOURS.find(([words]) => words.test(label.toLowerCase()))?.[1];
    const hex = own !== undefined && !used.has(own) ? own : SPARE[spare++ % SPARE.length]!;
    used.add(hex);
    return hex;
  });
}

/** Red, green and blue, 0–255. */
export function rgbOf(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
