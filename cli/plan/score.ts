import type { QuestionReading } from '../../src/vlm/types.ts';

/** A question with the plan that it should be read into. */
export interface Row {
  q: string;
  lang: 'en' | 'zh';
  intent: string;
  subjects: string[];
  where: string | null;
  order: string | null;
  quantity: string | null;
  minMaxFilter: string | null;
}

const WITH_SUBJECTS = new Set(['find', 'count', 'exists', 'compare', 'extreme', 'measure', 'attribute', 'change']);
/** Words for the same place or order. */
const SAME: Record<string, string> = {
  'top half': 'north',
  'bottom half': 'south',
  'left half': 'west',
  'right half': 'east',
  leftmost: 'westernmost',
  rightmost: 'easternmost',
  topmost: 'northernmost',
  bottommost: 'southernmost',
  shortest: 'smallest',
};

const plain = (text: string | null) => (text === null ? null : (SAME[text] ?? text).replace(/^along:/, 'near:'));

/**
 * Which fields of a row were read right; a field that the row doesn't set is not judged. Sides and directions, leftmost and
 * westernmost, near and along count as equal.
 */
export function judge(row: Row, reading: QuestionReading): Record<string, boolean> {
  const right: Record<string, boolean> = { intent: reading.intent === row.intent };
  if (WITH_SUBJECTS.has(row.intent)) right.subjects = JSON.stringify(reading.subjects) === JSON.stringify(row.subjects);
  for (const field of ['where', 'order', 'quantity'] as const) {
    if (row[field]) right[field] = plain(reading[field]) === plain(row[field]);
  }
  if (row.minMaxFilter) right.filter = reading.filter === row.minMaxFilter;
  return right;
}

/** Right and wrong by what was asked, with Wilson's 95 % interval. */
export class Tally {
  private readonly counts = new Map<string, [right: number, of: number]>();
  private readonly bins = Array.from({ length: 5 }, () => [0, 0, 0] as [right: number, of: number, certainty: number]);
  private readonly elapsedMs: number[] = [];

  add(row: Row, reading: QuestionReading, right: Record<string, boolean>, elapsedMs: number): void {
    for (const [field, ok] of Object.entries(right)) {
      this.count(field, ok);
      this.count(`${field}, ${row.lang}`, ok);
    }
    this.count(`intent of ${row.intent}`, right.intent!);
    for (const field of ['where', 'order', 'quantity'] as const) {
      if (row[field]) this.count('where, order, quantity when set', right[field]!);
      else this.count(`no ${field} where none is said`, reading[field] === null);
    }
    if (!row.minMaxFilter) this.count('no filter where none is said', reading.filter === null);
    const bin = this.bins[Math.min(4, Math.floor(reading.certainty * 5))]!;
    bin[0] += right.intent && right.subjects !== false ? 1 : 0;
    bin[1]++;
    bin[2] += reading.certainty;
    this.elapsedMs.push(elapsedMs);
  }

  table(): string {
    const lines = [...this.counts]
      .sort(([a], [b]) => order(a) - order(b))
      .map(([name, [right, of]]) => {
        const [low, high] = wilson(right, of);
        return `${name.padEnd(36)} ${String(right).padStart(4)} of ${String(of).padEnd(4)} ${percent(right / of)}  [${percent(low)}, ${percent(high)}]`;
      });
    const reliability = this.bins
      .map(([right, of, sum], k) =>
        of
          ? `certainty ${k / 5}–${(k + 1) / 5}: ${of} questions, mean ${percent(sum / of)}, right ${percent(right / of)}`
          : '',
      )
      .filter(Boolean);
    const sorted = [...this.elapsedMs].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(1);
    return `${[...lines, ...reliability, `milliseconds a question: median ${at(0.5)}, 95 % ${at(0.95)}`].join('\n')}\n`;
  }

  private count(name: string, ok: boolean): void {
    const [right, of] = this.counts.get(name) ?? [0, 0];
    this.counts.set(name, [right + (ok ? 1 : 0), of + 1]);
  }
}

const FIRST = ['intent', 'subjects', 'where, order, quantity when set', 'where', 'order', 'quantity', 'filter'];

function order(name: string): number {
  const exact = FIRST.indexOf(name);
  if (exact >= 0) return exact;
  return name.startsWith('intent of') ? 30 : name.startsWith('no ') ? 40 : 20;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(7);

/** Wilson's score interval at 95 %. */
export function wilson(right: number, of: number): [low: number, high: number] {
  const z = 1.959964;
  const p = right / of;
  const centre = p + z ** 2 / (2 * of);
  const half = z * Math.sqrt((p * (1 - p)) / of + z ** 2 / (4 * of ** 2));
  return [(centre - half) / (1 + z ** 2 / of), (centre + half) / (1 + z ** 2 / of)].map((x) =>
    Math.min(1, Math.max(0, x)),
  ) as [number, number];
}
