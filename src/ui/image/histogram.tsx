import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { BandHistogram } from '../../imagery/stretch.ts';
import type { OpenScene } from '../../session/document.ts';
import { formatSample } from '../format/format.ts';
import { useSession } from '../session-context.ts';

const widthPx = 220;
const heightPx = 44;
const stepsOfRange = 200;

type Side = 0 | 1;

/** Histograms of the shown bands, with handles for black and white that can be dragged or moved with arrow keys. */
export function Histogram({ scene }: { scene: OpenScene }) {
  const histograms = useHistograms(scene);
  const { bands, display } = scene;
  if (display.kind === 'index') return null;
  const shown =
    display.kind === 'ramp'
      ? [{ name: 'Band', band: display.band, tone: 'grey' }]
      : bands.red === bands.green && bands.green === bands.blue
        ? [{ name: 'Grey', band: bands.red, tone: 'grey' }]
        : [
            { name: 'Red', band: bands.red, tone: 'red' },
            { name: 'Green', band: bands.green, tone: 'green' },
            { name: 'Blue', band: bands.blue, tone: 'blue' },
          ];
  return (
    <div class="histograms">
      {shown.map(({ name, band, tone }) => (
        <BandPlot
          key={name}
          scene={scene}
          name={name}
          tone={tone}
          band={band}
          histogram={histograms?.find((each) => each.band === band) ?? null}
        />
      ))}
    </div>
  );
}

/** Computed again when other bands are shown or the stretch uses another part of the scene. */
function useHistograms(scene: OpenScene): BandHistogram[] | null {
  const session = useSession();
  const found = useSignal<BandHistogram[] | null>(null);
  const { bands, display, stretch, info } = scene;
  const wanted = display.kind === 'ramp' ? [display.band] : [...new Set([bands.red, bands.green, bands.blue])];
  const key = `${info.id}|${wanted.join()}|${JSON.stringify(stretch.window ?? null)}`;
  useEffect(() => {
    let gone = false;
    session.images
      .histogram(wanted, stretch.window ?? null)
      .then((histograms) => {
        if (!gone) found.value = histograms;
      })
      .catch(() => undefined); // the handles work without a histogram, and the map shows the file's error
    return () => {
      gone = true;
    };
  }, [session, key]);
  return found.value;
}

interface PlotProps {
  scene: OpenScene;
  name: string;
  tone: string;
  band: number;
  histogram: BandHistogram | null;
}

function BandPlot({ scene, name, tone, band, histogram }: PlotProps) {
  const { images } = useSession();
  const plot = useRef<HTMLDivElement>(null);
  const range = scene.stretch.ranges[band] ?? [0, 1];
  const dragging = useSignal<Side | null>(null);
  // The axis is frozen during a drag; otherwise the handle would move away from the pointer.
  const axis = useRef<[number, number]>([0, 1]);
  const low = Math.min(histogram?.min ?? range[0], range[0]);
  const high = Math.max(histogram?.max ?? range[1], range[1]);
  if (dragging.value === null) axis.current = [low, high > low ? high : low + 1];
  const [from, to] = axis.current;
  const place = (value: number) => Math.min(1, Math.max(0, (value - from) / (to - from)));

  const set = (side: Side, value: number) => {
    const gap = (to - from) / 1000;
    const next: [number, number] = [...range];
    next[side] = side === 0 ? Math.min(value, range[1] - gap) : Math.max(value, range[0] + gap);
    const ranges = scene.stretch.ranges.map((each, index): [number, number] => (index === band ? next : each));
    images.adjustStretch({ ranges });
  };
  const step = (to - from) / stepsOfRange;
  const onKey = (side: Side) => (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -10,
      PageUp: 10,
    };
    const count = steps[event.key];
    if (count === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(side, range[side] + count * step);
  };
  const onDrag = (side: Side) => (event: PointerEvent) => {
    if (dragging.value !== side || !plot.current) return;
    const box = plot.current.getBoundingClientRect();
    set(side, from + ((event.clientX - box.left) / box.width) * (to - from));
  };
  const handle = (side: Side) => (
    <button
      type="button"
      class="histogram-handle"
      role="slider"
      aria-label={`${name}, ${side === 0 ? 'black' : 'white'}`}
      aria-orientation="horizontal"
      aria-valuemin={from}
      aria-valuemax={to}
      aria-valuenow={range[side]}
      aria-valuetext={formatSample(range[side])}
      style={{ left: `${place(range[side]) * 100}%` }}
      onKeyDown={onKey(side)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        dragging.value = side;
      }}
      onPointerMove={onDrag(side)}
      onPointerUp={() => {
        dragging.value = null;
      }}
      onPointerCancel={() => {
        dragging.value = null;
      }}
    />
  );
  return (
    <div class="histogram" data-tone={tone}>
      <span class="histogram-words">
        <span>{name}</span>
        <span>
          {formatSample(rounded(range[0], step))} – {formatSample(rounded(range[1], step))}
        </span>
      </span>
      <div class="histogram-plot" ref={plot}>
        <Bars histogram={histogram} from={from} to={to} />
        {handle(0)}
        {handle(1)}
      </div>
    </div>
  );
}

/** Omits digits that are smaller than one step of a handle. */
function rounded(value: number, step: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.abs(step) || 1));
  return size >= 1 && Number.isInteger(value) ? value : Number((Math.round(value / size) * size).toPrecision(12));
}

/** The counts as a filled line, scaled by square root so that a tall peak doesn't hide the rest. */
function Bars({ histogram, from, to }: { histogram: BandHistogram | null; from: number; to: number }) {
  if (!histogram || histogram.count === 0) return null;
  const { bins, min, max } = histogram;
  const tallest = Math.sqrt(Math.max(1, ...bins));
  const x = (value: number) => ((value - from) / (to - from)) * widthPx;
  const points = bins.map((count, i) => {
    const value = min + ((i + 0.5) / bins.length) * (max - min);
    return `${x(value).toFixed(1)},${(heightPx - (Math.sqrt(count) / tallest) * heightPx).toFixed(1)}`;
  });
  return (
    <svg viewBox={`0 0 ${widthPx} ${heightPx}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={`M${x(min).toFixed(1)},${heightPx}L${points.join('L')}L${x(max).toFixed(1)},${heightPx}Z`} />
    </svg>
  );
}
