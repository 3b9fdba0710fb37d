/**
 * Turns a class's detector heat into a probability. It is a logistic regression of "the box is right" on the heat's log
 * odds, fitted on held-out tiles (training/stages/calibrate.py).
 */
export interface Calibration {
  slope: number;
  offset: number;
}

/**
 * Rescales probabilities that sum to 1 as if their logits had been divided by `temperature` (Guo et al., On calibration
 * of modern neural networks, 2017). Keeps the order.
 */
export function atTemperature(probabilities: Float32Array, temperature: number): Float32Array {
  if (temperature === 1) return probabilities;
  const powers = probabilities.map((p) => p ** (1 / temperature));
  const sum = powers.reduce((so, power) => so + power, 0);
  return sum > 0 ? powers.map((power) => power / sum) : probabilities;
}

/**
 * `heat` 0–1 → estimated probability 0–1 that its box is right, or `heat` itself without a calibration. Keeps the
 * order.
 */
export function calibrated(heat: number, calibration: Calibration | undefined): number {
  if (!calibration) return heat;
  const logOdds = Math.log(heat / (1 - heat));
  return 1 / (1 + Math.exp(-(calibration.slope * logOdds + calibration.offset)));
}
