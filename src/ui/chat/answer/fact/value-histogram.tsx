import { useId } from 'preact/hooks';
import type { StatisticsData } from '../../../../session/facts/fact.ts';
import { formatGrouped, formatSample } from '../../../format/format.ts';
import './fact.css';

const widthPx = 300;
const heightPx = 96;
const axisPx = 16;
const leftPx = 38;

/** The distribution of a region's values: bars over an axis with numbers, and the same as a table. */
export function ValueHistogram({ fact }: { fact: StatisticsData }) {
  const titleId = useId();
  const { edges, bins, count } = fact.statistics;
  const [from, to] = [edges[0]!, edges.at(-1)!];
  const most = Math.max(...bins);
  const x = (value: number) => leftPx + ((value - from) / (to - from)) * (widthPx - leftPx - 8);
  const y = (share: number) => heightPx - (share / (most / count)) * (heightPx - 8);
  const percent = (share: number) => `${Number((share * 100).toPrecision(2))} %`;
  const unit = fact.unit === null ? '' : ` (${fact.unit})`;
  return (
    <figure class="value-histogram">
      <svg
        viewBox={`0 0 ${widthPx} ${heightPx + axisPx}`}
        role="img"
        aria-labelledby={titleId}
        preserveAspectRatio="xMidYMid meet"
      >
        <title id={titleId}>{inWords(fact)}</title>
        <line class="axis" x1={leftPx} x2={widthPx - 8} y1={heightPx} y2={heightPx} />
        <text class="number" x={leftPx - 4} y={y(most / count) + 4} text-anchor="end">
          {percent(most / count)}
        </text>
        <text class="number" x={leftPx - 4} y={heightPx} text-anchor="end">
          0
        </text>
        {bins.map((bin, i) => (
          <rect
            key={edges[i]}
            class={isWithin(fact, edges[i]!, edges[i + 1]!) ? 'bar' : 'bar outside'}
            x={x(edges[i]!)}
            width={Math.max(0.5, x(edges[i + 1]!) - x(edges[i]!) - 0.75)}
            y={y(bin / count)}
            height={heightPx - y(bin / count)}
          />
        ))}
        {ticksOf(edges).map((value) => (
          <text class="number" key={value} x={x(value)} y={heightPx + axisPx - 3} text-anchor="middle">
            {formatSample(value)}
          </text>
        ))}
      </svg>
      <figcaption>
        {fact.name}
        {unit}, share of pixels
      </figcaption>
      <details>
        <summary>Numbers</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">
                {fact.name}
                {unit}
              </th>
              <th scope="col">Pixels</th>
            </tr>
          </thead>
          <tbody>
            {bins.map((bin, i) => (
              <tr key={edges[i]}>
                <th scope="row">
                  {formatSample(edges[i]!)} to {formatSample(edges[i + 1]!)}
                </th>
                <td>{formatGrouped(bin)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** Whether a bin lies wholly within what the question asks for; all do if it asks for nothing. */
function isWithin({ limits }: StatisticsData, low: number, high: number): boolean {
  return limits.every(({ is, value }) => (is === '>' || is === '>=' ? low >= value : high <= value));
}

/** Up to six edges that are short numbers, evenly spread. */
export function ticksOf(edges: readonly number[]): number[] {
  const size = edges[1]! - edges[0]!;
  for (const every of [1, 2, 5, 10, 20, 50]) {
    const ticks = edges.filter((edge) => Math.abs(Math.round(edge / (size * every)) * size * every - edge) < size / 4);
    if (ticks.length <= 6 && ticks.length >= 2) return ticks;
  }
  return [edges[0]!, edges.at(-1)!];
}

/** The histogram for those who don't see it. */
export function inWords({ name, unit, statistics }: StatisticsData): string {
  const { edges, bins, count } = statistics;
  const at = bins.indexOf(Math.max(...bins));
  const share = Math.round((bins[at]! / count) * 100);
  const text = (value: number) => (unit === null ? formatSample(value) : `${formatSample(value)} ${unit}`);
  return `Histogram of ${name}: ${bins.length} bins from ${text(edges[0]!)} to ${text(edges.at(-1)!)}. The fullest, from ${text(edges[at]!)} to ${text(edges[at + 1]!)}, holds ${share} % of the pixels.`;
}
