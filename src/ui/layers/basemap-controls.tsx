import { useSignal } from '@preact/signals';
import { NadirError } from '../../lib/errors.ts';
import type { OpenScene } from '../../session/document.ts';
import { parseBasemap } from '../map/layers/basemap-url.ts';
import { useSession } from '../session-context.ts';
import { basemap } from '../ui-state.ts';

/** A basemap from a tile server that the user names. Off by default and after a reload. */
export function BasemapControls({ scene }: { scene: OpenScene }) {
  const { ground } = useSession();
  const editing = useSignal(false);
  const text = useSignal('');
  const error = useSignal<string | null>(null);
  const now = basemap.value;
  const isPlaced = ground.toLonLat(scene.info.width / 2, scene.info.height / 2) !== null;
  const use = () => {
    try {
      basemap.value = parseBasemap(text.value);
      editing.value = false;
      error.value = null;
    } catch (thrown) {
      error.value = NadirError.from(thrown).message;
    }
  };
  if (now) {
    return (
      <p class="basemap">
        <span>
          Basemap from <b>{now.host}</b>
          {!isPlaced && ', not shown: the active layer has no known location'}
        </span>
        <button
          type="button"
          class="action"
          onClick={() => {
            basemap.value = null;
          }}
        >
          Remove basemap
        </button>
      </p>
    );
  }
  if (!editing.value) {
    return (
      <button
        type="button"
        class="action basemap-open"
        onClick={() => {
          editing.value = true;
        }}
      >
        Basemap…
      </button>
    );
  }
  return (
    <form
      class="basemap-form"
      onSubmit={(event) => {
        event.preventDefault();
        use();
      }}
    >
      <label>
        <span class="sr-only">Tile URL of the basemap</span>
        <input
          type="text"
          inputMode="url"
          spellcheck={false}
          placeholder="https://…/{z}/{x}/{y}.png"
          value={text.value}
          aria-invalid={error.value !== null}
          ref={(input) => input?.focus()}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </label>
      <p class="note">
        Tiles are fetched from that host alone; it learns which places you look at. Nothing of your image is sent. Off
        again after a reload.
      </p>
      {error.value && (
        <p class="note invalid" role="alert">
          {error.value}
        </p>
      )}
      <div class="decisions">
        <button type="submit" class="button">
          Use
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            editing.value = false;
            error.value = null;
          }}
        >
          Cancel
        </button>
      </div>
    </form>
  );
}
