import type { Report } from './report.ts';
import { groupBy, meets, type Row } from './rows/row.ts';

/** The readable report: first what decides a release, then every row by section, then how it was measured. */
export function toMarkdown(report: Report): string {
  const { model, rows, questions } = report;
  const judged = rows.filter(({ target }) => target !== null);
  const marked = rows.some(({ restricted }) => restricted !== null);
  return [
    `# ${model.id} ${model.version} on held-out images`,
    '',
    `${questions.answered} of ${questions.planned} questions answered, ${questions.failed} failed · ${report.backend} · model ${model.hash.slice(0, 12)} · app ${report.app.hash} · ${report.createdAt}`,
    '',
    ...(questions.answered + questions.failed >= questions.planned
      ? []
      : [
          `**Unfinished:** ${questions.planned - questions.answered - questions.failed} questions are still to be asked. Run the same command again to resume.`,
          '',
        ]),
    ...(report.limit === null ? [] : [`**A sample only: at most ${report.limit} images a set.** Not a result.`, '']),
    ...(report.app.answersOfOtherBuilds === 0
      ? []
      : [
          `${report.app.answersOfOtherBuilds} answers were kept from other builds of the app; delete answers.jsonl to ask again.`,
          '',
        ]),
    ...(judged.length === 0
      ? []
      : [
          '## Against the targets',
          '',
          '| measure | value | must | hoped for | |',
          '|---|---|---|---|---|',
          ...judged.map(judgedLine),
          '',
        ]),
    ...groupBy(rows, ({ section }) => section).flatMap(([section, of]) => [
      `## ${section}`,
      '',
      '| measure | value | over | |',
      '|---|---|---|---|',
      ...of.map(
        (row) =>
          `| ${cell(row.measure)}${mark(row)} | ${valueText(row)} | ${row.n} ${row.of} | ${cell(row.detail ?? '')} |`,
      ),
      '',
    ]),
    ...(marked
      ? [
          `† Among the photographs are some under a share-alike licence: ${[...new Set(rows.flatMap(({ restricted }) => restricted ?? []))].join('; ')}.`,
          '',
        ]
      : []),
    '## Protocol',
    '',
    ...report.protocol.map((sentence) => `- ${sentence}`),
    ...(report.skipped.length === 0 ? [] : ['', '## Left out', '', ...report.skipped.map((line) => `- ${line}`)]),
    '',
  ].join('\n');
}

function judgedLine(row: Row): string {
  const { target, measure } = row;
  if (!target) return '';
  const sign = target.better === 'more' ? '≥' : '≤';
  const met = meets(row);
  const verdict = met === null ? 'not measured' : met ? 'reached' : 'missed';
  const hoped = target.hoped === null ? '–' : `${sign} ${shown(target.hoped, row)}`;
  return `| ${cell(row.section)}: ${cell(measure)}${mark(row)} | ${valueText(row)} | ${sign} ${shown(target.must, row)} | ${hoped} | ${verdict} |`;
}

function valueText(row: Row): string {
  if (row.value === null) return '–';
  const range = row.interval ? ` (${row.interval.map((end) => shown(end, row)).join(' – ')})` : '';
  return `${shown(row.value, row)}${range}`;
}

function shown(value: number, { unit }: Row): string {
  if (unit === 'share') return `${(value * 100).toFixed(1)} %`;
  if (unit === 'ms') return `${value.toFixed(0)} ms`;
  if (unit === 'number') return Number.isInteger(value) ? `${value}` : value.toFixed(2);
  return value.toFixed(3);
}

const mark = ({ restricted }: Row) => (restricted === null ? '' : ' †');
const cell = (text: string) => text.replaceAll('|', '\\|');
