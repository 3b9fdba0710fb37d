import { useSignal } from '@preact/signals';
import type { OpenScene } from '../../session/types.ts';
import type { Stretch } from '../../workers/raster/api.ts';
import { formatGrouped, formatSample } from '../format.ts';
import { useSession } from '../session-context.ts';

const methods: readonly { value: Stretch['method']; label: string }[] = [
  { value: 'percentile', label: 'Percentile' },
  { value: 'minmax', label: 'Min–max' },
  { value: 'none', label: 'None' },
];

/** The scene's stretch: how sample values become brightness, for the map and the model alike. */
export function StretchControls({ scene }: { scene: OpenScene }) {
  const session = useSession();
  const busy = useSignal(false);
  const { stretch, bands } = scene;
  const set = async (method: Stretch['method'], low: number, high: number) => {
    busy.value = true;
    try {
      await session.setStretch(method, low, high);
    } catch (thrown) {
      session.notify(thrown, 'Stretch not changed');
    } finally {
      busy.value = false;
    }
  };
  const low = stretch.method === 'percentile' ? stretch.low : 2;
  const high = stretch.method === 'percentile' ? stretch.high : 98;
  const percent = (side: 'low' | 'high', input: HTMLInputElement) => {
    const value = input.valueAsNumber;
    const [nextLow, nextHigh] = side === 'low' ? [value, high] : [low, value];
    if (Number.isFinite(value) && nextLow >= 0 && nextHigh <= 100 && nextLow < nextHigh)
      void set('percentile', nextLow, nextHigh);
    else input.value = String(side === 'low' ? low : high);
  };
  const channels = [
    ['Red', bands.red],
    ['Green', bands.green],
    ['Blue', bands.blue],
  ] as const;
  return (
    <fieldset class="controls" aria-busy={busy.value}>
      <legend>Stretch</legend>
      <label class="field-row">
        <span>Method</span>
        <select
          value={stretch.method}
          onChange={(event) => void set(event.currentTarget.value as Stretch['method'], low, high)}
        >
          {methods.map((method) => (
            <option value={method.value} key={method.value}>
              {method.label}
            </option>
          ))}
        </select>
      </label>
      {stretch.method === 'percentile' && (
        <div class="field-row percent-row">
          <span>Limits</span>
          <label>
            <span class="sr-only">Low limit, percent</span>
            <input
              type="number"
              min={0}
              max={49}
              step={0.5}
              value={low}
              onChange={(event) => percent('low', event.currentTarget)}
            />
          </label>
          <span aria-hidden="true">–</span>
          <label>
            <span class="sr-only">High limit, percent</span>
            <input
              type="number"
              min={51}
              max={100}
              step={0.5}
              value={high}
              onChange={(event) => percent('high', event.currentTarget)}
            />
          </label>
          <span>%</span>
        </div>
      )}
      <dl class="facts ranges">
        {channels.map(([name, band]) => {
          const range = stretch.ranges[band];
          return range ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {formatSample(range[0])} – {formatSample(range[1])}
              </dd>
            </div>
          ) : null;
        })}
      </dl>
      {stretch.sampledPixels > 0 && (
        <p class="note">
          From {formatGrouped(stretch.sampledPixels)} pixels
          {stretch.sampledLevel > 1 ? `, every ${stretch.sampledLevel}th` : ''}
        </p>
      )}
    </fieldset>
  );
}
