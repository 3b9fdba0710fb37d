import { useSignal } from '@preact/signals';
import type { SceneObject } from '../../session/types.ts';
import { ObjectLink } from './object-link.tsx';

/** Numbers shown before "more": about two lines of the panel. */
const firstShown = 24;

/** A row of numbered links; a long one is cut until it is asked for. */
export function ObjectLinks({ objects, total }: { objects: readonly SceneObject[]; total: number }) {
  const all = useSignal(false);
  const shown = all.value ? objects : objects.slice(0, firstShown);
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
