import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { NadirError } from '../../lib/errors.ts';
import { type Display, type RampName, RGB } from '../../render/display.ts';
import { parseExpression } from '../../render/expression.ts';
import { RAMPS, rampGradient } from '../../render/ramps.ts';
import { shaderStyle } from '../../render/shader-style.ts';
import type { OpenScene } from '../../session/document.ts';
import type { Session } from '../../session/port.ts';
import { formatSample } from '../format/format.ts';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';

const kinds: readonly { value: Display['kind']; label: string }[] = [
  { value: 'rgb', label: 'Red, green, blue' },
  { value: 'ramp', label: 'One band in colours' },
  { value: 'index', label: 'Band expression' },
];

/** How samples become colours on the map: three bands, one band through a ramp, or an expression through a ramp. */
export function DisplayControls({ scene }: { scene: OpenScene }) {
  const session = useSession();
  const { display, bands, info } = scene;
  const choose = (kind: Display['kind']) => {
    if (kind === 'rgb') show(session, RGB);
    else if (kind === 'ramp') show(session, { kind, band: bands.red, ramp: 'viridis' });
    else show(session, { kind, name: 'Expression', expression: startOf(scene), ramp: 'viridis', range: [-1, 1] });
  };
  return (
    <>
      <label class="field-row">
        <span>Show</span>
        <select value={display.kind} onChange={(event) => choose(event.currentTarget.value as Display['kind'])}>
          {kinds.map(({ value, label }) => (
            <option value={value} key={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {display.kind === 'ramp' && (
        <>
          <label class="field-row">
            <span>Band</span>
            <select
              value={display.band}
              onChange={(event) => show(session, { ...display, band: Number(event.currentTarget.value) })}
            >
              {info.bands.map((band) => (
                <option value={band.index} key={band.index}>
                  {band.index + 1}. {band.name}
                </option>
              ))}
            </select>
          </label>
          <RampChoice ramp={display.ramp} onChoose={(ramp) => show(session, { ...display, ramp })} />
          <Legend ramp={display.ramp} range={scene.stretch.ranges[display.band] ?? [0, 1]} />
        </>
      )}
      {display.kind === 'index' && <IndexControls scene={scene} display={display} />}
    </>
  );
}

function show({ notices, images }: Session, display: Display): void {
  void report(notices, 'change-display', () => images.setDisplay(display));
}

/** An example expression with the file's bands. */
function startOf({ info, bands }: OpenScene): string {
  const [a, b] = [bands.nir ?? bands.green, bands.red];
  return info.bands.length < 2 || a === b ? 'b1' : `(b${a + 1} - b${b + 1}) / (b${a + 1} + b${b + 1})`;
}

type IndexDisplay = Extract<Display, { kind: 'index' }>;

function IndexControls({ scene, display }: { scene: OpenScene; display: IndexDisplay }) {
  const session = useSession();
  const hintId = useId();
  const draft = useSignal(display.expression);
  const error = useSignal<string | null>(null);
  const bandCount = scene.info.bands.length;
  useEffect(() => {
    draft.value = display.expression;
    error.value = null;
  }, [display.expression, draft, error]);
  const apply = () => {
    const expression = draft.value.trim();
    try {
      parseExpression(expression, bandCount);
      const next: Display = {
        ...display,
        expression,
        name: expression === display.expression ? display.name : 'Expression',
      };
      const bands = Array.from({ length: bandCount }, (_, band) => band);
      shaderStyle({ ...scene, display: next }, { bands, isByte: false }, bandCount);
      error.value = null;
      if (expression !== display.expression) show(session, next);
    } catch (thrown) {
      error.value = NadirError.from(thrown).message;
    }
  };
  return (
    <>
      <label class="field-row">
        <span>{display.name}</span>
        <input
          type="text"
          class="expression"
          spellcheck={false}
          aria-label="Band expression"
          aria-invalid={error.value !== null}
          aria-describedby={hintId}
          value={draft.value}
          onInput={(event) => {
            draft.value = event.currentTarget.value;
          }}
          onChange={apply}
          onKeyDown={(event) => {
            if (event.key === 'Enter') apply();
          }}
        />
      </label>
      <p id={hintId} class={error.value ? 'note invalid' : 'note'} role={error.value ? 'alert' : undefined}>
        {error.value ?? `Bands b1${bandCount > 1 ? `–b${bandCount}` : ''}, numbers, + − * / ^ ( ), abs, sqrt, min, max`}
      </p>
      <div class="field-row percent-row">
        <span>Range</span>
        <RangeEnd side={0} display={display} />
        <span aria-hidden="true">–</span>
        <RangeEnd side={1} display={display} />
      </div>
      <RampChoice ramp={display.ramp} onChoose={(ramp) => show(session, { ...display, ramp })} />
      <Legend ramp={display.ramp} range={display.range} />
    </>
  );
}

/** The value at the ramp's low (0) or high (1) end. A value that would leave an empty range is ignored. */
function RangeEnd({ side, display }: { side: 0 | 1; display: IndexDisplay }) {
  const session = useSession();
  const limit = (input: HTMLInputElement) => {
    const range: [number, number] = [...display.range];
    range[side] = input.valueAsNumber;
    if (Number.isFinite(range[side]) && range[0] < range[1]) show(session, { ...display, range });
    else input.value = String(display.range[side]);
  };
  return (
    <label>
      <span class="sr-only">Value at the ramp’s {side === 0 ? 'low' : 'high'} end</span>
      <input type="number" step="any" value={display.range[side]} onChange={(event) => limit(event.currentTarget)} />
    </label>
  );
}

function RampChoice({ ramp, onChoose }: { ramp: RampName; onChoose: (ramp: RampName) => void }) {
  return (
    <label class="field-row">
      <span>Colours</span>
      <select value={ramp} onChange={(event) => onChoose(event.currentTarget.value as RampName)}>
        {Object.entries(RAMPS).map(([name, { label }]) => (
          <option value={name} key={name}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

function Legend({ ramp, range }: { ramp: RampName; range: readonly [number, number] }) {
  const words = `${formatSample(range[0])} to ${formatSample(range[1])}, ${RAMPS[ramp].label}`;
  return (
    <div class="legend" role="img" aria-label={`Legend: ${words}`}>
      <span>{formatSample(range[0])}</span>
      <span class="legend-bar" style={{ background: rampGradient(ramp) }} />
      <span>{formatSample(range[1])}</span>
    </div>
  );
}
