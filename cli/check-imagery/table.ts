import type { Row } from './judge.ts';

const MEANING: Record<Row['verdict'], string> = {
  right: 'opens; pixels and place agree with GDAL',
  unchecked: 'opens; GDAL gives no reference',
  refused: 'refused with the reason; GDAL reads it',
  broken: 'refused with the reason; GDAL refuses it, too',
  WRONG: 'opens wrong',
  CRASH: 'fails without a typed error',
};

/** E.g. "234 files: 201 right, …": always the last line. */
export function summaryOf(rows: readonly Row[]): string {
  const counts = Object.keys(MEANING).map((verdict) => {
    const count = rows.filter((row) => row.verdict === verdict).length;
    return `${count} ${verdict === 'WRONG' ? 'wrong' : verdict === 'CRASH' ? 'crashed' : verdict}`;
  });
  const placed = rows.flatMap((row) =>
    row.verdict === 'right' && row.cornerErrorPx !== null ? [row.cornerErrorPx] : [],
  );
  const worst = placed.reduce((most, error) => Math.max(most, error), 0);
  return `${rows.length} files: ${counts.join(', ')}; ${placed.length} places within ${worst.toFixed(4)} px of GDAL's`;
}

export const failed = (rows: readonly Row[]): boolean =>
  rows.some(({ verdict }) => verdict === 'WRONG' || verdict === 'CRASH');

/** The table as Markdown, and how it was made. `command` and `oracle` let readers repeat it. */
export function markdownOf(rows: readonly Row[], command: string, oracle: string): string {
  const lines = [
    '# Which imagery opens',
    '',
    `Every file is opened with the app's own reader and compared with ${oracle}; made by \`${command}\`. Pixels: every sample of images up to`,
    '12 million samples, 25 squares of larger ones. They must be equal, or have a PSNR of at least 40 dB if the compression is lossy. Place: corners',
    'and centre by transform and by longitude and latitude; the largest error in pixels of the image, at most 0.1.',
    '',
    ...Object.entries(MEANING).map(([verdict, meaning]) => `- **${verdict}**: ${meaning}`),
    '',
    summaryOf(rows),
    '',
    '| file | result | pixels | place | corners off by (px) | note |',
    '|---|---|---|---|---|---|',
    ...rows.map(
      ({ file, verdict, pixels, place, cornerErrorPx, note }) =>
        `| ${[file, verdict, pixels, place, cornerErrorPx === null ? '–' : cornerErrorPx.toFixed(4), note].map(cell).join(' | ')} |`,
    ),
    '',
  ];
  return lines.join('\n');
}

/** The text above this line is written by hand and kept when the table is made again. */
const MARK = '<!-- What follows is made by npm run check:imagery. -->';

/** Replaces the generated part of `kept` by `made`; returns `made` if nothing is marked. */
export function behindMark(kept: string, made: string): string {
  const at = kept.indexOf(MARK);
  return at < 0 ? made : `${kept.slice(0, at + MARK.length)}\n\n${made.replace(/^# .*\n+/, '')}`;
}

const cell = (text: string) => text.replace(/\|/g, '\\|').replace(/\s+/g, ' ').trim();
