import { useSignal } from '@preact/signals';
import type { OpenScene } from '../../session/document.ts';
import { comparedLayers, stepSwipe, swipe } from '../map/tools/swipe-state.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { useSession } from '../session-context.ts';
import { pickLayers } from '../shell/file-input.tsx';
import { mapCommands } from '../ui-state.ts';

/** The images, topmost first. Questions are about the active one. */
export function ImageLayerList() {
  const session = useSession();
  const layers = session.layers.all.value;
  return (
    <div class="image-layers">
      <ul aria-label="Images">
        {layers.map((layer, index) => (
          <LayerRow key={layer.layerId} layer={layer} index={index} count={layers.length} />
        ))}
      </ul>
      <div class="layer-actions">
        <button
          type="button"
          class="action"
          data-tip="Open files as layers above this one. You can also drop them here"
          onClick={pickLayers}
        >
          Add layer…
        </button>
        {layers.length > 1 && (
          <>
            <button
              type="button"
              class="action"
              aria-pressed={swipe.value !== null}
              disabled={comparedLayers(session) === null}
              data-tip="Compare the two topmost visible layers: swipe, flicker, off (S)"
              onClick={() => stepSwipe(session)}
            >
              {swipe.value === null ? 'Compare' : swipe.value.mode === 'swipe' ? 'Swiping' : 'Flickering'}
            </button>
            <button
              type="button"
              class="action"
              data-tip="Gives all layers with the same number of bands one range, from the darkest black to the brightest white"
              onClick={() => session.images.shareStretch()}
            >
              One stretch
            </button>
          </>
        )}
      </div>
    </div>
  );
}

function LayerRow({ layer, index, count }: { layer: OpenScene; index: number; count: number }) {
  const { ground, layers } = useSession();
  const renaming = useSignal(false);
  const active = layers.active.value;
  const isActive = active?.layerId === layer.layerId;
  const unplaced = active && !isActive && ground.pixelMap(layer.layerId, active.layerId) === null;
  const { layerId, name, visible, opacity } = layer;
  const rename = (input: HTMLInputElement) => {
    renaming.value = false;
    const next = input.value.trim();
    if (next !== '' && next !== name) layers.change(layerId, { name: next });
  };
  return (
    <li class="layer-row" data-active={isActive} data-hidden={!visible}>
      <div class="layer-head">
        <input
          type="checkbox"
          aria-label={`Show ${name}`}
          checked={visible}
          onChange={(event) => layers.change(layerId, { visible: event.currentTarget.checked })}
        />
        {renaming.value ? (
          <input
            type="text"
            class="layer-name"
            aria-label={`Name of ${name}`}
            value={name}
            maxLength={120}
            ref={(input) => input?.focus()}
            onBlur={(event) => rename(event.currentTarget)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') rename(event.currentTarget);
              else if (event.key === 'Escape') renaming.value = false;
              else return;
              event.preventDefault();
              event.stopPropagation();
            }}
          />
        ) : (
          <button
            type="button"
            class="layer-name"
            aria-pressed={isActive}
            data-tip={isActive ? `${name}: the active layer. Double-click renames.` : `Make ${name} the active layer`}
            onClick={() => layers.activate(layerId)}
            onDblClick={() => {
              renaming.value = true;
            }}
            onKeyDown={(event) => {
              if (event.key === 'F2') renaming.value = true;
              else if (event.altKey && event.key === 'ArrowUp') layers.move(layerId, index - 1);
              else if (event.altKey && event.key === 'ArrowDown') layers.move(layerId, index + 1);
              else return;
              event.preventDefault();
            }}
          >
            {name}
          </button>
        )}
        {count > 1 && (
          <>
            <IconButton
              icon="up"
              label={`Move ${name} up`}
              tip="Up (Alt+↑)"
              disabled={index === 0}
              onClick={() => layers.move(layerId, index - 1)}
            />
            <IconButton
              icon="down"
              label={`Move ${name} down`}
              tip="Down (Alt+↓)"
              disabled={index === count - 1}
              onClick={() => layers.move(layerId, index + 1)}
            />
          </>
        )}
        <IconButton icon="fit" label={`Zoom to ${name}`} onClick={() => mapCommands.value?.zoomToLayer(layerId)} />
        {count > 1 && <IconButton icon="close" label={`Remove ${name}`} onClick={() => layers.remove(layerId)} />}
      </div>
      <label class="slider">
        <span>Opacity</span>
        <input
          type="range"
          min={0}
          max={100}
          step={5}
          aria-label={`Opacity of ${name}`}
          value={Math.round(opacity * 100)}
          disabled={!visible}
          onInput={(event) => layers.change(layerId, { opacity: event.currentTarget.valueAsNumber / 100 })}
        />
        <output>{Math.round(opacity * 100)} %</output>
      </label>
      {unplaced && (
        <p class="note">Drawn pixel by pixel over the active layer, because one of them has no known location.</p>
      )}
    </li>
  );
}
