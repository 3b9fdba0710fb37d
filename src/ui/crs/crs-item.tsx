import './crs.css';
import type { Georeference } from '../../imagery/place.ts';
import { crsOpen } from './crs-state.ts';

/** The active layer's coordinate system in the status line. Clicking it opens the CRS dialog. */
export function CrsItem({ reference }: { reference: Georeference }) {
  const placed = reference.kind === 'affine';
  const text = placed ? (reference.crs ?? 'CRS not stated') : 'Not georeferenced';
  const tips = placed
    ? [reference.crsName, reference.chosenOver && 'chosen by you', reference.proj4 ? null : 'no longitude and latitude']
    : [reference.reason];
  return (
    <button
      type="button"
      class="status-item status-button"
      data-tip={[...tips, 'Click to choose'].filter(Boolean).join(' · ')}
      onClick={() => {
        crsOpen.value = true;
      }}
    >
      {text}
      {placed && reference.chosenOver ? ' (chosen)' : ''}
    </button>
  );
}
