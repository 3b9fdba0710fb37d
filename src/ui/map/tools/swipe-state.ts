import { signal } from '@preact/signals';
import type { Session } from '../../../session/port.ts';

export interface Swipe {
  mode: 'swipe' | 'flicker';
  /** The upper of the two compared layers. */
  layerId: string;
  /** Where the map is cut, 0 = left edge, 1 = right edge. The upper layer shows left of it. */
  position: number;
}

/** The comparison of two layers; null if there is none. */
export const swipe = signal<Swipe | null>(null);

/** The layer that the flicker hides at the moment. */
export const flickerHidden = signal<string | null>(null);

/** The two topmost visible layers, upper first; null if there are fewer. */
export function comparedLayers(session: Pick<Session, 'layers'>): { upper: string; lower: string } | null {
  const [upper, lower] = session.layers.all.value.filter((layer) => layer.visible);
  return upper && lower ? { upper: upper.layerId, lower: lower.layerId } : null;
}

/** Off → swipe → flicker → off. False if there are no two layers to compare. */
export function stepSwipe(session: Pick<Session, 'layers'>): boolean {
  const pair = comparedLayers(session);
  if (!pair) {
    swipe.value = null;
    return false;
  }
  const now = swipe.value;
  if (now === null) swipe.value = { mode: 'swipe', layerId: pair.upper, position: 0.5 };
  else if (now.mode === 'swipe') swipe.value = { ...now, mode: 'flicker', position: 1 };
  else swipe.value = null;
  return true;
}
