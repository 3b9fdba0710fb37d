import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { tilesPending } from '../ui-state.ts';

/** Shorter reads show no hint. */
const patienceMs = 700;

/** Shown when the map takes long to read the image. */
export function ReadingHint() {
  const busy = tilesPending.value > 0;
  const shown = useSignal(false);
  useEffect(() => {
    if (!busy) {
      shown.value = false;
      return;
    }
    const timer = setTimeout(() => {
      shown.value = true;
    }, patienceMs);
    return () => clearTimeout(timer);
  }, [busy, shown]);
  if (!shown.value) return null;
  return (
    <p class="reading-hint" role="status">
      <span class="spinner" aria-hidden="true" />
      Reading the image
    </p>
  );
}
