import type { BandTile } from '../../imagery/tiles.ts';
import type { Ask, Intent, View, ViewRole } from '../types.ts';

export function viewOf(pixels: BandTile, role: ViewRole = 'view'): View {
  return { role, pixels, window: { x: 0, y: 0, width: pixels.width, height: pixels.height }, gsdMetres: null };
}

/** A question with this prompt about one view, answered greedily. */
export function askOf(
  text: string,
  pixels: BandTile,
  { intent, ...rest }: Partial<Omit<Ask, 'intent'>> & { intent?: Partial<Intent> } = {},
): Ask {
  return {
    intent: { task: 'ask', label: null, region: null, text, language: 'en', ...intent },
    views: [viewOf(pixels)],
    options: { maxNewTokens: 128, temperature: 0, topP: 1, seed: 0, stop: [] },
    want: { masks: false },
    ...rest,
  };
}
