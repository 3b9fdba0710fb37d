import type { RampName } from './display.ts';

export type Colour = readonly [red: number, green: number, blue: number];

export interface Ramp {
  label: string;
  /** Evenly spaced from the lowest to the highest value, 0–255. */
  stops: readonly Colour[];
}

/**
 * Viridis and magma: van der Walt and Smith (2015), CC0. The diverging and sequential ones remain distinguishable with
 * any colour vision.
 */
export const RAMPS: Record<RampName, Ramp> = {
  grey: {
    label: 'Grey',
    stops: [
      [0, 0, 0],
      [255, 255, 255],
    ],
  },
  viridis: {
    label: 'Viridis',
    stops: [
      [68, 1, 84],
      [71, 44, 122],
      [59, 81, 139],
      [44, 113, 142],
      [33, 144, 141],
      [39, 173, 129],
      [92, 200, 99],
      [170, 220, 50],
      [253, 231, 37],
    ],
  },
  magma: {
    label: 'Magma',
    stops: [
      [0, 0, 4],
      [28, 16, 68],
      [79, 18, 123],
      [129, 37, 129],
      [181, 54, 122],
      [229, 80, 100],
      [251, 135, 97],
      [254, 194, 135],
      [252, 253, 191],
    ],
  },
  terrain: {
    label: 'Terrain',
    stops: [
      [28, 84, 84],
      [70, 124, 92],
      [132, 160, 106],
      [196, 190, 132],
      [206, 176, 128],
      [186, 148, 116],
      [196, 180, 168],
      [250, 248, 246],
    ],
  },
  vegetation: {
    label: 'Brown to green',
    stops: [
      [84, 48, 5],
      [140, 81, 10],
      [191, 129, 45],
      [223, 194, 125],
      [246, 238, 212],
      [186, 218, 160],
      [112, 176, 98],
      [45, 128, 62],
      [0, 72, 32],
    ],
  },
  water: {
    label: 'Sand to blue',
    stops: [
      [120, 96, 62],
      [176, 150, 108],
      [220, 204, 170],
      [244, 242, 236],
      [176, 208, 228],
      [98, 160, 208],
      [38, 104, 178],
      [8, 48, 107],
    ],
  },
};

/** Colour at `t`; values below 0 and above 1 get the colour of the nearer end. */
export function rampColour(name: RampName, t: number): Colour {
  const { stops } = RAMPS[name];
  const place = Math.min(1, Math.max(0, t)) * (stops.length - 1);
  const below = Math.min(stops.length - 2, Math.floor(place));
  const [from, to] = [stops[below]!, stops[below + 1]!];
  const mix = (channel: 0 | 1 | 2) => from[channel] + (to[channel] - from[channel]) * (place - below);
  return [mix(0), mix(1), mix(2)];
}

/** For a legend: a CSS gradient from left (low) to right (high). */
export function rampGradient(name: RampName): string {
  return `linear-gradient(to right, ${RAMPS[name].stops.map((stop) => `rgb(${stop.join(' ')})`).join(', ')})`;
}
