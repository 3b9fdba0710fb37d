import type { Signal } from '@preact/signals';
import { CoverSection } from '../cover/cover-section.tsx';
import { Panel } from '../parts/panel.tsx';
import { useSession } from '../session-context.ts';
import { boxesVisible, masksVisible } from '../ui-state.ts';
import { BasemapControls } from './basemap-controls.tsx';
import { ImageLayerList } from './image-layers.tsx';
import { ObjectList } from './object-list.tsx';
import { VectorList } from './vector-list.tsx';
import './layers.css';

function Toggle({ label, shown, count }: { label: string; shown: Signal<boolean>; count?: number }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={shown.value}
        onChange={(event) => {
          shown.value = event.currentTarget.checked;
        }}
      />
      <span>{label}</span>
      {count !== undefined && <span class="count">{count}</span>}
    </label>
  );
}

/** The layers on the map, and all their objects. */
export function LayersPanel() {
  const { layers, review } = useSession();
  const objects = review.objects.value;
  const scene = layers.active.value;
  return (
    <Panel title="Layers">
      <ImageLayerList />
      <VectorList />
      {scene && <CoverSection />}
      {scene && <BasemapControls scene={scene} />}
      <Toggle label="Boxes" shown={boxesVisible} count={objects.length} />
      <Toggle label="Masks" shown={masksVisible} count={objects.filter((object) => object.rings !== null).length} />
      <ObjectList />
    </Panel>
  );
}
