/**
 * How a layer is shown to the user. The model always gets red, green, blue (and near infrared) with the layer's bands
 * and stretch.
 */
export type Display =
  /** The layer's bands as red, green and blue. */
  | { kind: 'rgb' }
  /** One band through a colour ramp, with the layer's stretch. `band` is 0-based. */
  | { kind: 'ramp'; band: number; ramp: RampName }
  /** An expression over bands through a colour ramp. `range`: the values at the ramp's ends. */
  | { kind: 'index'; name: string; expression: string; ramp: RampName; range: [number, number] };

export type RampName = 'grey' | 'viridis' | 'magma' | 'terrain' | 'vegetation' | 'water';

/** The default. */
export const RGB: Display = { kind: 'rgb' };
