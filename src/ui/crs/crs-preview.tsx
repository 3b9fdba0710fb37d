import { applyGeotransform } from '../../geo/ground/affine.ts';
import { makeToLonLat } from '../../geo/ground/projection.ts';
import type { CrsChoice } from '../../imagery/place.ts';
import type { OpenScene } from '../../session/document.ts';
import { formatLonLat } from '../format/format.ts';
import type { Described } from './use-described.ts';

interface Props {
  scene: OpenScene;
  described: Described;
  /** The text that was picked or pasted. */
  asked: string | null;
}

/** What the choice would mean. The best check is where the middle of the image would lie. */
export function CrsPreview({ scene, described, asked }: Props) {
  const { choice, busy } = described;
  if (asked === null) return <p class="crs-preview muted">Nothing chosen yet.</p>;
  if (busy) return <p class="crs-preview muted">Looking it up …</p>;
  if (!choice) {
    return (
      <p class="crs-preview failure" role="alert">
        Nadir can’t read this as a coordinate system. Give an EPSG code, a proj4 definition, or WKT.
      </p>
    );
  }
  return (
    <div class="crs-preview" aria-live="polite">
      <p>
        <strong>{[choice.crs, choice.crsName].filter(Boolean).join(' · ')}</strong>, in {unitWords(choice.units)}
      </p>
      <p>{placeWords(scene, choice)}</p>
      {choice.notes.map((note) => (
        <p class="muted" key={note}>
          {note}
        </p>
      ))}
    </div>
  );
}

function unitWords(units: CrsChoice['units']): string {
  return { metre: 'metres', degree: 'degrees', foot: 'feet', 'us-foot': 'US survey feet', unknown: 'its own units' }[
    units
  ];
}

function placeWords({ info }: OpenScene, choice: CrsChoice): string {
  if (info.georeference.kind === 'none') return '';
  const toLonLat = makeToLonLat(choice.proj4);
  if (!toLonLat) return 'Nadir can’t convert this system to longitude and latitude.';
  const centre = toLonLat(...applyGeotransform(info.georeference.geotransform, info.width / 2, info.height / 2));
  return centre.every(Number.isFinite)
    ? `The middle of the image would lie at ${formatLonLat(centre)}.`
    : 'The image’s coordinates lie outside this system’s area.';
}
