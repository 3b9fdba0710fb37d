import type { IconName } from '../../parts/icon.tsx';
import { IconButton } from '../../parts/icon-button.tsx';
import { useSession } from '../../session-context.ts';
import { chooseTool, drawing, goToOpen, type MapTool, mapCommands, mapTool } from '../../ui-state.ts';

const tools: readonly { tool: MapTool; icon: IconName; label: string; tip: string }[] = [
  { tool: 'values', icon: 'values', label: 'Pixel values', tip: 'Read pixel values (I)' },
  { tool: 'distance', icon: 'measure', label: 'Measure distance', tip: 'Measure a distance (M)' },
  { tool: 'area', icon: 'area', label: 'Measure area', tip: 'Measure an area (Shift+M)' },
];

/** Buttons over the map: zoom, fit, draw a region, read values, measure, go to a place. */
export function MapTools() {
  const { layers } = useSession();
  const commands = mapCommands.value;
  const region = layers.region.value;
  return (
    <div class="map-tools" role="toolbar" aria-label="Map tools" aria-orientation="vertical" data-tip-side="left">
      <div class="tool-group">
        <IconButton icon="plus" label="Zoom in" tip="Zoom in (+)" onClick={() => commands?.zoomBy(2)} />
        <IconButton icon="minus" label="Zoom out" tip="Zoom out (−)" onClick={() => commands?.zoomBy(0.5)} />
        <IconButton icon="fit" label="Fit scene" tip="Fit scene (0)" onClick={() => commands?.fit()} />
      </div>
      <div class="tool-group">
        <IconButton
          icon="region"
          label="Draw region"
          tip="Draw region (R)"
          pressed={drawing.value}
          onClick={() => {
            drawing.value = !drawing.value;
            if (drawing.value) mapTool.value = null;
          }}
        />
        {region && (
          <IconButton
            icon="close"
            label="Clear region"
            tip="Clear region (Escape)"
            onClick={() => {
              layers.region.value = null;
            }}
          />
        )}
      </div>
      <div class="tool-group">
        {tools.map(({ tool, ...button }) => (
          <IconButton {...button} key={tool} pressed={mapTool.value === tool} onClick={() => chooseTool(tool)} />
        ))}
        <IconButton
          icon="target"
          label="Go to coordinates"
          tip="Go to coordinates (G)"
          onClick={() => {
            goToOpen.value = true;
          }}
        />
      </div>
    </div>
  );
}
