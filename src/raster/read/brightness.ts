import type { Stretch } from '../../imagery/stretch.ts';

/**
 * The brightness of a sample value of `band`, 0–1. The stretch's only formula on the processor, for the map, the model
 * and every picture; the shader of `src/render` computes the same.
 */
export function brightnessOf(stretch: Stretch, band: number): (value: number) => number {
  const [black, white] = stretch.ranges[band] ?? [0, 255];
  const scale = 1 / (white > black ? white - black : 1);
  const power = 1 / (stretch.gamma ?? 1);
  const linear = (value: number) => Math.min(1, Math.max(0, (value - black) * scale));
  // Without gamma, skipping the power is exact and several times faster.
  return power === 1 ? linear : (value) => linear(value) ** power;
}
