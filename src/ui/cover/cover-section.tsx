import { useSession } from '../session-context.ts';
import { CoverRow } from './cover-row.tsx';
import { MapButtons } from './map-buttons.tsx';
import './cover.css';

/** The land cover of the active layer: mapped, shown, measured and saved. Nothing for a model that doesn't map it. */
export function CoverSection() {
  const { cover } = useSession();
  const layer = cover.layer.value;
  if (layer) return <CoverRow layer={layer} />;
  if (!cover.isOffered.value) return null;
  return (
    <section class="cover" aria-label="Land cover">
      <h3>Land cover</h3>
      <p class="muted">Not mapped yet: water, trees, soil and what else the ground is, with the area of each class.</p>
      <MapButtons />
    </section>
  );
}
