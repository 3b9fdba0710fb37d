import { useSignal } from '@preact/signals';
import type { Stretch } from '../../imagery/stretch.ts';
import type { OpenScene } from '../../session/document.ts';
import { formatGrouped } from '../format/format.ts';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';
import { Histogram } from './histogram.tsx';

const methods: readonly { value: Stretch['method']; label: string }[] = [
  { value: 'percentile', label: 'Percentile' },
  { value: 'minmax', label: 'Min–max' },
  { value: 'stddev', label: 'Mean ± σ' },
  { value: 'manual', label: 'By hand' },
  { value: 'none', label: 'None' },
];

/** A method's initial limits. */
const limitsOf: Record<Stretch['method'], readonly [number, number]> = {
  percentile: [2, 98],
  minmax: [0, 100],
  stddev: [2, 2],
  manual: [0, 0],
  none: [0, 0],
};

/** The layer's stretch: how sample values become brightness, for both map and model. */
export function StretchControls({ scene }: { scene: OpenScene }) {
  const session = useSession();
  const busy = useSignal(false);
  const { stretch } = scene;
  const set = async (method: Stretch['method'], low: number, high: number, window = stretch.window ?? null) => {
    if (method === 'manual') {
      session.images.adjustStretch({ ranges: stretch.ranges });
      return;
    }
    busy.value = true;
    await report(session.notices, 'change-stretch', () => session.images.setStretch(method, low, high, window));
    busy.value = false;
  };
  const isComputed = stretch.method !== 'manual' && stretch.method !== 'none';
  const again = (window: Stretch['window']) => void set(stretch.method, stretch.low, stretch.high, window ?? null);
  return (
    <fieldset class="controls" aria-busy={busy.value}>
      <legend>Stretch</legend>
      <label class="field-row">
        <span>Method</span>
        <select
          value={stretch.method}
          onChange={(event) => {
            const method = event.currentTarget.value as Stretch['method'];
            void set(method, ...limitsOf[method]);
          }}
        >
          {methods.map((method) => (
            <option value={method.value} key={method.value}>
              {method.label}
            </option>
          ))}
        </select>
      </label>
      <Limits stretch={stretch} onChange={(low, high) => void set(stretch.method, low, high)} />
      {isComputed && (
        <div class="field-row">
          <span>Of</span>
          <fieldset class="segmented" aria-label="Part that the stretch is computed from">
            <button type="button" aria-pressed={!stretch.window} onClick={() => again(null)}>
              Scene
            </button>
            <button
              type="button"
              aria-pressed={Boolean(stretch.window)}
              data-tip="Computed from the current view; press again after moving"
              onClick={() => again(session.layers.view.value)}
            >
              View
            </button>
          </fieldset>
        </div>
      )}
      <Gamma scene={scene} />
      <Histogram scene={scene} />
      {stretch.sampledPixels > 0 && isComputed && (
        <p class="note">
          From {formatGrouped(stretch.sampledPixels)} pixels
          {stretch.sampledLevel > 1 ? `, every ${stretch.sampledLevel}th` : ''}
          {stretch.window ? ', of a part of the scene' : ''}
        </p>
      )}
    </fieldset>
  );
}

/** Percent of the pixels, or standard deviations from the mean. */
function Limits({ stretch, onChange }: { stretch: Stretch; onChange: (low: number, high: number) => void }) {
  const { method, low, high } = stretch;
  if (method !== 'percentile' && method !== 'stddev') return null;
  const isPercent = method === 'percentile';
  const bounds = isPercent ? { low: [0, 49], high: [51, 100] } : { low: [0, 10], high: [0, 10] };
  const change = (side: 'low' | 'high', input: HTMLInputElement) => {
    const value = input.valueAsNumber;
    const [nextLow, nextHigh] = side === 'low' ? [value, high] : [low, value];
    const isOrdered = isPercent ? nextLow >= 0 && nextHigh <= 100 && nextLow < nextHigh : nextLow >= 0 && nextHigh > 0;
    if (Number.isFinite(value) && isOrdered) onChange(nextLow, nextHigh);
    else input.value = String(side === 'low' ? low : high);
  };
  const field = (side: 'low' | 'high', value: number) => (
    <label>
      <span class="sr-only">
        {side === 'low' ? 'Low' : 'High'} limit, {isPercent ? 'percent' : 'standard deviations'}
      </span>
      <input
        type="number"
        min={bounds[side][0]}
        max={bounds[side][1]}
        step={0.5}
        value={value}
        onChange={(event) => change(side, event.currentTarget)}
      />
    </label>
  );
  return (
    <div class="field-row percent-row">
      <span>{isPercent ? 'Limits' : 'Below, above'}</span>
      {field('low', low)}
      <span aria-hidden="true">–</span>
      {field('high', high)}
      <span>{isPercent ? '%' : 'σ'}</span>
    </div>
  );
}

const gammaRange = { min: 0.2, max: 5 };

function Gamma({ scene }: { scene: OpenScene }) {
  const { images } = useSession();
  const gamma = scene.stretch.gamma ?? 1;
  return (
    <label class="field-row gamma-row">
      <span>Gamma</span>
      <input
        type="range"
        min={Math.log(gammaRange.min)}
        max={Math.log(gammaRange.max)}
        step={0.01}
        value={Math.log(gamma)}
        aria-valuetext={gamma.toFixed(2)}
        onInput={(event) => {
          const next = Math.exp(event.currentTarget.valueAsNumber);
          // Snaps to 1, so that "no gamma" is easy to find.
          images.adjustStretch({ gamma: Math.abs(next - 1) < 0.03 ? 1 : Number(next.toFixed(2)) });
        }}
      />
      <output>{gamma.toFixed(2)}</output>
    </label>
  );
}
