import { useSignal } from '@preact/signals';
import type { SceneObject } from '../../../session/document.ts';
import { ObjectLink } from './object-link.tsx';

/** Numbers shown before "more": about two lines of the panel. */
const firstShown = 24;
/** A shorter list isn't cut: hiding fewer than this gains nothing. */
const minHidden = 6;

/** A row of numbered links. A long one is shortened until "more" is pressed. */
export function ObjectLinks({ objects, total }: { objects: readonly SceneObject[]; total: number }) {
  const all = useSignal(false);
  const isWhole = all.value || objects.length < firstShown + minHidden;
  const shown = isWhole ? objects : objects.slice(0, firstShown);
  const hidden = objects.length - shown.length;
  return (
    <>
      {shown.map((object) => (
        <ObjectLink object={object} total={total} key={object.id} />
      ))}
      {hidden > 0 && (
        <button
          type="button"
          class="link-button"
          onClick={() => {
            all.value = true;
          }}
        >
          {hidden} more
        </button>
      )}
    </>
  );
}
