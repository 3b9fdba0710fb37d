import { mean } from './ratio.ts';

/** F1 from counts; 0 if nothing was right. */
export function f1Of(hits: number, said: number, there: number): number {
  return hits === 0 ? 0 : (2 * hits) / (said + there);
}

/** Macro-F1 over labels from pairs (predicted, true), without labels that never occur in the truth. */
export function macroF1(pairs: readonly { predicted: string | null; truth: string }[]): number {
  return mean(
    [...new Set(pairs.map(({ truth }) => truth))].map((label) =>
      f1Of(
        pairs.filter((p) => p.predicted === label && p.truth === label).length,
        pairs.filter((p) => p.predicted === label).length,
        pairs.filter((p) => p.truth === label).length,
      ),
    ),
  );
}

export interface PresenceRow {
  label: string;
  present: boolean;
  scene: string | null;
  said: 'yes' | 'no' | null;
}

/** F1 of "yes" per label, without labels that are never present. An unclear answer doesn't count as "yes". */
export function presenceF1(rows: readonly PresenceRow[]): { label: string; f1: number; n: number }[] {
  const labels = new Map<string, PresenceRow[]>();
  for (const row of rows) {
    const of = labels.get(row.label);
    if (of) of.push(row);
    else labels.set(row.label, [row]);
  }
  return [...labels].flatMap(([label, of]) => {
    const there = of.filter(({ present }) => present).length;
    if (there === 0) return [];
    const said = of.filter((row) => row.said === 'yes').length;
    const hits = of.filter((row) => row.said === 'yes' && row.present).length;
    return [{ label, f1: f1Of(hits, said, there), n: of.length }];
  });
}

/** Only rows of scenes whose images differ in a label, where knowing the scene isn't enough. */
export function mixedRows(rows: readonly PresenceRow[]): PresenceRow[] {
  const seen = new Map<string, { yes: boolean; no: boolean }>();
  const keyOf = (row: PresenceRow) => `${row.scene}/${row.label}`;
  for (const row of rows) {
    const key = keyOf(row);
    const both = seen.get(key) ?? { yes: false, no: false };
    if (row.present) both.yes = true;
    else both.no = true;
    seen.set(key, both);
  }
  return rows.filter((row) => {
    const both = seen.get(keyOf(row));
    return row.scene !== null && both?.yes === true && both.no;
  });
}
