/**
 * How a class's detector heat becomes a probability: logistic regression of "the box is right" on the heat's log odds,
 * fitted on held-out tiles (training/stages/calibrate.py).
 */
export interface Calibration {
  slope: number;
  offset: number;
}

/** `heat` 0–1 → estimated probability 0–1 that its box is right; `heat` itself where nothing was fitted. Keeps the order. */
export function calibrated(heat: number, calibration: Calibration | undefined): number {
  if (!calibration) return heat;
  const logOdds = Math.log(heat / (1 - heat));
  return 1 / (1 + Math.exp(-(calibration.slope * logOdds + calibration.offset)));
}
