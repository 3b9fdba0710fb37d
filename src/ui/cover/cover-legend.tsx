import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { coverColours } from '../../cover/colours.ts';
import { NadirError } from '../../lib/errors.ts';
import type { CoverRow as ClassArea } from '../../plan/result.ts';
import { amountText, percent } from '../../plan/write/en/terms.ts';
import type { CoverAreas, CoverLayer, CoverScope } from '../../session/cover/port.ts';
import { formatProbability } from '../format/format.ts';
import { useSession } from '../session-context.ts';
import { coverScope } from './cover-state.ts';

type Measured = { areas: CoverAreas; of: CoverLayer['raster'] } | { error: string };

/** The classes with their colours, each with a switch, and what they cover. */
export function CoverLegend({ layer }: { layer: CoverLayer }) {
  const session = useSession();
  const { raster, classes, shown } = layer;
  const measured = useSignal<Measured | null>(null);
  const region = session.layers.region.value;
  const scope = useScope();
  useEffect(() => {
    let gone = false;
    session.cover.areas(scope).then(
      (areas) => {
        if (!gone) measured.value = { areas, of: raster };
      },
      (thrown: unknown) => {
        if (!gone) measured.value = { error: NadirError.from(thrown).message };
      },
    );
    return () => {
      gone = true;
    };
  }, [session, raster, region, scope, measured]);
  const known = measured.value;
  const areas = known && 'areas' in known ? known.areas : null;
  const colours = coverColours(raster.labels);
  const toggle = (label: string, isShown: boolean) =>
    session.cover.look({
      visible: shown.visible || isShown,
      hidden: isShown ? shown.hidden.filter((each) => each !== label) : [...shown.hidden, label],
    });
  return (
    <>
      <ScopeChoice scope={scope} />
      <table class="cover-legend">
        <caption class="sr-only">Classes of land cover, {scopeName(scope)}</caption>
        <thead class="sr-only">
          <tr>
            <th scope="col">Class</th>
            <th scope="col">Area</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {classes.map(({ label }, k) => {
            const row = areas?.rows.find((each) => each.label === label);
            return (
              <tr key={label} data-tip={row && tipOf(row)}>
                <th scope="row">
                  <label class="check">
                    <input
                      type="checkbox"
                      checked={!shown.hidden.includes(label)}
                      aria-label={`Show ${label}`}
                      onChange={(event) => toggle(label, event.currentTarget.checked)}
                    />
                    <span class="swatch" style={{ '--class-colour': colours[k] }} aria-hidden="true" />
                    <span>{label}</span>
                  </label>
                </th>
                <td>{row ? hectares(row) : '–'}</td>
                <td>{row ? percent(row.share) : '–'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {known && 'error' in known && (
        <p class="failure" role="alert">
          {known.error}
        </p>
      )}
      {known && 'areas' in known && known.areas === null && (
        <p class="note" role="status">
          Nothing is mapped there.
        </p>
      )}
    </>
  );
}

/** In hectares, also small ones, so that the classes compare at a glance; in pixels without a scale. */
function hectares({ amount: { value, unit } }: ClassArea): string {
  if (unit !== 'm2') return amountText({ value, unit });
  return value > 0 && value < 10 ? '< 0.001 ha' : `${Number((value / 1e4).toPrecision(3))} ha`;
}

function tipOf({ label, amount, interval, confidence, iou }: ClassArea): string {
  const range =
    interval && interval.low < interval.high
      ? `; ${amountText({ value: interval.low, unit: amount.unit })} to ${amountText({ value: interval.high, unit: amount.unit })} by the map's ${iou === null ? 'own doubt' : 'usual errors'}`
      : '';
  const sure = confidence === null ? '' : `; mean probability ${formatProbability(confidence)}`;
  return `${label}: ${amountText(amount)}${range}${sure}`;
}

/** The chosen scope, or the whole map if what it names is gone. */
function useScope(): CoverScope {
  const { layers, vectors } = useSession();
  const scope = coverScope.value;
  if (scope.by === 'marked' && layers.region.value === null) return ALL;
  if (scope.by === 'vectors' && !vectors.overlays.value.some(({ layer }) => layer.id === scope.id)) return ALL;
  return scope;
}

const ALL: CoverScope = { by: 'all' };
const scopeName = ({ by }: CoverScope) =>
  ({ all: 'in the whole map', marked: 'in the marked region', vectors: 'in a vector layer' })[by];

/** Where areas are measured; only where there is a choice. */
function ScopeChoice({ scope }: { scope: CoverScope }) {
  const { layers, vectors } = useSession();
  const overlays = vectors.overlays.value.filter(({ placed }) => placed?.shapes.some(({ kind }) => kind === 'polygon'));
  if (layers.region.value === null && overlays.length === 0) return null;
  return (
    <label class="field-row">
      <span>Areas in</span>
      <select
        value={scope.by === 'vectors' ? scope.id : scope.by}
        onChange={(event) => {
          const { value } = event.currentTarget;
          coverScope.value = value === 'all' || value === 'marked' ? { by: value } : { by: 'vectors', id: value };
        }}
      >
        <option value="all">the whole map</option>
        {layers.region.value !== null && <option value="marked">the marked region</option>}
        {overlays.map(({ layer }) => (
          <option value={layer.id} key={layer.id}>
            {layer.name}
          </option>
        ))}
      </select>
    </label>
  );
}
