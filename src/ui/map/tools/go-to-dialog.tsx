import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type CoordinateSystem, parseCoordinates } from '../../../geo/ground/coordinates.ts';
import { NadirError } from '../../../lib/errors.ts';
import type { OpenScene } from '../../../session/document.ts';
import type { Session } from '../../../session/port.ts';
import { DialogFrame } from '../../parts/dialog-frame.tsx';
import { useSession } from '../../session-context.ts';
import { goToOpen, mapCommands } from '../../ui-state.ts';

/** Moves the map to a place given as latitude and longitude, CRS coordinates, or column and row. */
export function GoToDialog({ scene }: { scene: OpenScene }) {
  const session = useSession();
  const text = useSignal('');
  const chosen = useSignal<CoordinateSystem | null>(null);
  const error = useSignal<string | null>(null);
  const open = goToOpen.value;
  useEffect(() => {
    error.value = null;
  }, [open, error]);
  const systems = systemsOf(session, scene);
  const system = systems.find((each) => each.value === chosen.value) ?? systems[0]!;
  const go = () => {
    try {
      const place = placeOf(session, scene, text.value, system.value);
      goToOpen.value = false;
      mapCommands.value?.centreOn(...place);
      mapCommands.value?.focus();
    } catch (thrown) {
      error.value = NadirError.from(thrown).message;
    }
  };
  return (
    <DialogFrame class="go-to" open={goToOpen} id="go-to-title" title="Go to coordinates">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <label class="field-row">
          <span>In</span>
          <select
            value={system.value}
            onChange={(event) => {
              chosen.value = event.currentTarget.value as CoordinateSystem;
            }}
          >
            {systems.map(({ value, label }) => (
              <option value={value} key={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label class="field-row">
          <span>Place</span>
          <input
            type="text"
            spellcheck={false}
            autofocus
            placeholder={system.example}
            value={text.value}
            aria-invalid={error.value !== null}
            onInput={(event) => {
              text.value = event.currentTarget.value;
              error.value = null;
            }}
          />
        </label>
        {error.value && (
          <p class="note invalid" role="alert">
            {error.value}
          </p>
        )}
        <footer>
          <button type="submit" class="button primary">
            Go
          </button>
        </footer>
      </form>
    </DialogFrame>
  );
}

function systemsOf(
  session: Pick<Session, 'ground'>,
  { info }: OpenScene,
): { value: CoordinateSystem; label: string; example: string }[] {
  const [col, row] = [info.width / 2, info.height / 2];
  const lonLat = session.ground.toLonLat(col, row);
  const crs = session.ground.toCrs(col, row);
  const reference = info.georeference;
  const name = reference.kind === 'affine' ? (reference.crs ?? reference.crsName ?? 'CRS of the file') : '';
  return [
    ...(lonLat
      ? [
          {
            value: 'latlon' as const,
            label: 'Latitude, longitude',
            example: `${lonLat[1].toFixed(5)}, ${lonLat[0].toFixed(5)}`,
          },
        ]
      : []),
    ...(crs
      ? [
          {
            value: 'crs' as const,
            label: `${name}: easting, northing`,
            example: `${crs[0].toFixed(1)}, ${crs[1].toFixed(1)}`,
          },
        ]
      : []),
    { value: 'pixel' as const, label: 'Pixel: column, row', example: `${Math.round(col)}, ${Math.round(row)}` },
  ];
}

/** The source pixel of the typed place. Errors: COORDINATES_INVALID, WINDOW_OUTSIDE if it lies outside the scene. */
function placeOf(
  session: Pick<Session, 'ground'>,
  { info }: OpenScene,
  text: string,
  system: CoordinateSystem,
): [number, number] {
  const point = parseCoordinates(text, system);
  const pixel =
    system === 'pixel'
      ? point
      : system === 'crs'
        ? session.ground.fromCrs(...point)
        : session.ground.fromLonLat(...point);
  if (pixel && pixel[0] >= 0 && pixel[1] >= 0 && pixel[0] <= info.width && pixel[1] <= info.height) {
    return [pixel[0], pixel[1]];
  }
  throw new NadirError(
    'WINDOW_OUTSIDE',
    pixel
      ? `The place lies outside the image, at column ${Math.round(pixel[0])}, row ${Math.round(pixel[1])}. The image has ${info.width} × ${info.height} pixels.`
      : 'The place lies outside the CRS’s area.',
  );
}
