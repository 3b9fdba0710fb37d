import { readFileSync } from 'node:fs';
import type { Answered } from '../answer-line.ts';
import { type CoverTally, coverIou, coverTally } from '../scores/cover.ts';
import { bootstrap, mean } from '../scores/ratio.ts';
import { groupBy, type Of, ofKind, type Row, row } from './row.ts';

const SECTION = 'Land cover';

/** IoU over pixels whose class is known, all sets together, and the share of pixels that get a class they may be. */
export function coverRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'cover').map((item) => ({ set: item.question.set, tally: tallyOf(item) }));
  const labels = ofKind(answered, 'cover')[0]?.question.truth.labels ?? [];
  if (items.length === 0) return [];
  const tallies = items.map(({ tally }) => tally);
  const pixels = (k: number) =>
    tallies.reduce((sum, { table }) => sum + table[k]!.reduce((pixelsOf, n) => pixelsOf + n, 0), 0);
  return [
    row(
      SECTION,
      `mean IoU, ${there(tallies).length} classes`,
      bootstrap(tallies, (of) => mean(there(of))),
      {
        target: { must: 0.55, hoped: 0.7, better: 'more' },
      },
    ),
    ...labels.flatMap((label, k) =>
      pixels(k) === 0
        ? []
        : [
            row(
              SECTION,
              `${label}: IoU`,
              bootstrap(tallies, (of) => coverIou(of)[k] ?? Number.NaN),
              {
                detail: `${pixels(k)} pixels of it`,
              },
            ),
          ],
    ),
    row(SECTION, 'pixels given a class that they may be', bootstrap(tallies, shareOfMay), { unit: 'share' }),
    ...groupBy(items, ({ set }) => set).map(([set, of]) =>
      row(
        SECTION,
        `${set}: pixels given a class that they may be`,
        bootstrap(
          of.map(({ tally }) => tally),
          shareOfMay,
        ),
        { unit: 'share' },
      ),
    ),
  ];
}

const there = (tallies: readonly CoverTally[]) => coverIou(tallies).filter((iou) => iou !== null);

function shareOfMay(tallies: readonly CoverTally[]): number {
  const known = tallies.reduce((sum, tally) => sum + tally.known, 0);
  return known === 0 ? Number.NaN : tallies.reduce((sum, { may }) => sum + may, 0) / known;
}

function tallyOf({ question: { truth, size }, answer: { cover } }: Of<'cover'>): CoverTally {
  const allowed = readFileSync(truth.path);
  const map = cover && {
    grid: cover,
    classes: Buffer.from(cover.classes, 'base64'),
    bits: cover.labels.map((label) => truth.labels.indexOf(label)),
  };
  return coverTally({ allowed, ...size, classCount: truth.labels.length }, map ?? null);
}
