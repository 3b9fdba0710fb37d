import type { VectorOverlay } from '../../vectors/vector-layer.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { useSession } from '../session-context.ts';
import { mapCommands } from '../ui-state.ts';

/** The vector layers, topmost first; empty if there are none. */
export function VectorList() {
  const overlays = useSession().vectors.overlays.value;
  if (overlays.length === 0) return null;
  return (
    <ul class="vector-layers" aria-label="Vector layers">
      {overlays.map((overlay) => (
        <VectorRow key={overlay.layer.id} {...overlay} />
      ))}
    </ul>
  );
}

function VectorRow({ layer: { id, name, format, visible, features }, placed }: VectorOverlay) {
  const { vectors } = useSession();
  const extent = placed?.extent ?? null;
  return (
    <li class="layer-row" data-hidden={!visible}>
      <div class="layer-head">
        <label
          class="check vector-name"
          data-tip={`${name}: ${format}, drawn over the image until the page is reloaded`}
        >
          <input
            type="checkbox"
            checked={visible}
            onChange={(event) => vectors.setVisible(id, event.currentTarget.checked)}
          />
          <span>{name}</span>
          <span class="count">{features.length}</span>
        </label>
        <IconButton
          icon="fit"
          label={`Zoom to ${name}`}
          disabled={extent === null}
          onClick={() => extent && mapCommands.value?.zoomToWindow(extent)}
        />
        <IconButton icon="close" label={`Remove ${name}`} onClick={() => vectors.remove(id)} />
      </div>
      {noteOn(features.length, placed) && <p class="note">{noteOn(features.length, placed)}</p>}
    </li>
  );
}

/** Why part of it isn't visible. */
function noteOn(total: number, placed: VectorOverlay['placed']): string | null {
  if (!placed) return 'Not drawn: the active image has no known location.';
  const { unplaced } = placed;
  if (unplaced === 0) return null;
  return `${unplaced} of ${total} not drawn: without a geometry, or outside the image’s projection.`;
}
