/**
 * Colours of the object classes: Okabe and Ito's set (2008), distinguishable with any colour vision, without black, which is invisible in
 * shadow; and as many lighter or stronger ones, since a model may know more than seven classes. Names stand beside the colours.
 */
export interface ClassColour {
  /** Fill and stroke. */
  hex: string;
  /** Text on top of `hex`, with a contrast of at least 4.5:1. */
  ink: '#000000' | '#ffffff';
}

/** In the order that gives the classes of the first models Okabe and Ito's colours. */
const colours: readonly ClassColour[] = [
  { hex: '#B3B3B3', ink: '#000000' },
  { hex: '#D55E00', ink: '#000000' },
  { hex: '#56B4E9', ink: '#000000' },
  { hex: '#0072B2', ink: '#ffffff' },
  { hex: '#C8A878', ink: '#000000' },
  { hex: '#E69F00', ink: '#000000' },
  { hex: '#FF7A9A', ink: '#000000' },
  { hex: '#F0E442', ink: '#000000' },
  { hex: '#A6D854', ink: '#000000' },
  { hex: '#00C2C7', ink: '#000000' },
  { hex: '#F24DF2', ink: '#000000' },
  { hex: '#CC79A7', ink: '#000000' },
  { hex: '#B28DFF', ink: '#000000' },
  { hex: '#009E73', ink: '#000000' },
];

/**
 * The hash's initial value. This one gives the embedded model's classes and "change" different colours;
 * class-colour.test.ts checks that.
 */
const SEED = 11177;

/**
 * A class's colour, computed only from its name. So it is the same on the map, in the list and in answers, after a
 * reload, in every layer and with any model. Two classes of another model may share a colour.
 */
export function classColour(label: string): ClassColour {
  // FNV-1a, 32 bits.
  let hash = SEED;
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 16777619) >>> 0;
  return colours[hash % colours.length]!;
}

/** "#E69F00" and 0.3 → "rgba(230, 159, 0, 0.3)". */
export function withAlpha(hex: string, alpha: number): string {
  const value = Number.parseInt(hex.slice(1), 16);
  return `rgba(${value >> 16}, ${(value >> 8) & 255}, ${value & 255}, ${alpha})`;
}
