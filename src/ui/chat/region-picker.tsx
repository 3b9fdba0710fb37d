import { formatGrouped } from '../format/format.ts';
import { Icon } from '../parts/icon.tsx';
import { useSession } from '../session-context.ts';
import { drawing, regionChoice } from '../ui-state.ts';

/** The region of the next question: the drawn region if there is one, the view, or the whole scene. */
export function RegionPicker() {
  const { layers } = useSession();
  const region = layers.region.value;
  const view = layers.view.value;
  const scene = layers.active.value;
  const chosen = regionChoice.value;
  const choice = chosen === 'auto' ? (region ? 'auto' : 'view') : chosen;
  const about = choice === 'scene' && scene ? scene.info : choice === 'auto' ? region : (view ?? scene?.info ?? null);
  return (
    <div class="region-picker">
      <label>
        <span>About</span>
        <select
          aria-label="Region"
          value={choice}
          onChange={(event) => {
            const picked = event.currentTarget.value;
            regionChoice.value = picked === 'scene' || picked === 'view' ? picked : 'auto';
          }}
        >
          {region && <option value="auto">drawn region</option>}
          <option value="view">view</option>
          <option value="scene">whole scene</option>
        </select>
      </label>
      {about && (
        <span class="muted">
          {formatGrouped(about.width)} × {formatGrouped(about.height)} px
        </span>
      )}
      <span class="spring" />
      {/* Drawing needs a pointer; this button doesn't. */}
      {!region && view && (
        <button
          type="button"
          class="action"
          data-tip="Keep this view as the region when the map moves"
          onClick={() => {
            layers.region.value = view;
            drawing.value = false;
            regionChoice.value = 'auto';
          }}
        >
          <Icon name="region" size={14} />
          Keep view
        </button>
      )}
    </div>
  );
}
