import type { OpenScene } from '../../session/types.ts';
import type { BandChoice } from '../../workers/raster/api.ts';
import { useSession } from '../session-context.ts';
import { bandPresets, sameBands } from './band-presets.ts';

const channels = [
  { key: 'red', label: 'Red' },
  { key: 'green', label: 'Green' },
  { key: 'blue', label: 'Blue' },
] as const;

/** Which bands of the file fill red, green, blue and near infrared. */
export function BandControls({ scene }: { scene: OpenScene }) {
  const session = useSession();
  const { info, bands } = scene;
  const presets = bandPresets(info);
  const set = (change: Partial<BandChoice>) => session.setBands({ ...bands, ...change });
  const options = info.bands.map((band) => (
    <option value={band.index} key={band.index}>
      {band.index + 1}. {band.name}
    </option>
  ));
  return (
    <fieldset class="controls">
      <legend>Bands</legend>
      {presets.length > 1 && (
        <div class="segmented">
          {presets.map((preset) => (
            <button
              type="button"
              key={preset.name}
              aria-pressed={sameBands(preset.bands, bands)}
              onClick={() => session.setBands(preset.bands)}
            >
              {preset.name}
            </button>
          ))}
        </div>
      )}
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
    </fieldset>
  );
}
