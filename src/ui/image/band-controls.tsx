import type { BandChoice } from '../../imagery/image.ts';
import { presetsOf, showsPreset } from '../../render/presets.ts';
import { possibleSensors, type SensorId, sensorOf } from '../../render/sensors.ts';
import type { OpenScene } from '../../session/document.ts';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';
import { DisplayControls } from './display-controls.tsx';

const channels = [
  { key: 'red', label: 'Red' },
  { key: 'green', label: 'Green' },
  { key: 'blue', label: 'Blue' },
] as const;

/** Presets, and the file's bands that fill red, green, blue and near infrared. */
export function BandControls({ scene }: { scene: OpenScene }) {
  const { images } = useSession();
  const { info, bands, display } = scene;
  const set = (change: Partial<BandChoice>) => images.setBands({ ...bands, ...change });
  const options = info.bands.map((band) => (
    <option value={band.index} key={band.index}>
      {band.index + 1}. {band.name}
    </option>
  ));
  return (
    <fieldset class="controls">
      <legend>Bands</legend>
      <Presets scene={scene} />
      <SensorLine scene={scene} />
      <DisplayControls scene={scene} />
      {channels.map(({ key, label }) => (
        <label class="field-row" key={key}>
          <span class={`channel channel-${key}`}>{label}</span>
          <select value={bands[key]} onChange={(event) => set({ [key]: Number(event.currentTarget.value) })}>
            {options}
          </select>
        </label>
      ))}
      <label class="field-row">
        <span class="channel channel-nir">NIR</span>
        <select
          value={bands.nir ?? ''}
          onChange={(event) =>
            set({ nir: event.currentTarget.value === '' ? null : Number(event.currentTarget.value) })
          }
        >
          <option value="">None</option>
          {options}
        </select>
      </label>
      {display.kind !== 'rgb' && (
        <p class="note">
          The map shows {display.kind === 'ramp' ? 'one band in colours' : display.name} for the eye. The model still
          gets the bands above as red, green, blue{bands.nir === null ? '' : ' and near infrared'}.
        </p>
      )}
    </fieldset>
  );
}

function Presets({ scene }: { scene: OpenScene }) {
  const session = useSession();
  const presets = presetsOf(sensorOf(scene.sensor, scene.info).roles, scene.info.defaultBands, scene.info.bands);
  if (presets.length < 2) return null;
  return (
    <fieldset class="presets" aria-label="Band presets">
      {presets.map((preset) => (
        <button
          type="button"
          class="chip"
          key={preset.name}
          data-tip={preset.hint}
          aria-pressed={showsPreset(preset, scene.bands, scene.display)}
          onClick={() =>
            void report(session.notices, 'change-display', () =>
              session.images.setLook(preset.bands ?? scene.bands, preset.display),
            )
          }
        >
          {preset.name}
        </button>
      ))}
    </fieldset>
  );
}

/**
 * The sensor that the presets use, and how it was recognised; or a choice of sensors if only the number of bands is
 * known.
 */
function SensorLine({ scene }: { scene: OpenScene }) {
  const { images } = useSession();
  const { sensor, from } = sensorOf(scene.sensor, scene.info);
  const possible = possibleSensors(scene.info.bands);
  if (sensor && from !== 'your choice') {
    return (
      <p class="note">
        {sensor.name}, by {from}
      </p>
    );
  }
  if (possible.length === 0) return null;
  return (
    <label class="field-row">
      <span>Sensor</span>
      <select
        value={sensor?.id ?? ''}
        onChange={(event) => images.setSensor((event.currentTarget.value || null) as SensorId | null)}
      >
        <option value="">{from === '' ? 'Not stated' : 'As the file says'}</option>
        {possible.map((each) => (
          <option value={each.id} key={each.id}>
            {each.name}
          </option>
        ))}
      </select>
    </label>
  );
}
