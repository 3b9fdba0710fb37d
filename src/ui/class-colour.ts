/** Colours of the object classes: Okabe and Ito's set (2008), told apart by people with any colour vision. Black is left out: it drowns in shadow. */
export interface ClassColour {
  /** Fill and stroke. */
  hex: string;
  /** Text on top of `hex`, at least 4.5:1. */
  ink: '#000000' | '#ffffff';
}

const okabeIto: readonly ClassColour[] = [
  { hex: '#E69F00', ink: '#000000' },
  { hex: '#56B4E9', ink: '#000000' },
  { hex: '#CC79A7', ink: '#000000' },
  { hex: '#F0E442', ink: '#000000' },
  { hex: '#009E73', ink: '#000000' },
  { hex: '#D55E00', ink: '#000000' },
  { hex: '#0072B2', ink: '#ffffff' },
];

/**
 * Colour of `label`: by its place among the model's `classNames`, so that a class keeps its colour from answer to
 * answer; a label outside them gets a colour from its letters.
 */
export function classColour(label: string, classNames: readonly string[]): ClassColour {
  const known = classNames.indexOf(label);
  let index = known;
  if (known < 0) {
    let hash = 0;
    for (const char of label) hash = (hash * 31 + char.charCodeAt(0)) >>> 0;
    index = hash;
  }
  return okabeIto[index % okabeIto.length]!;
}

/** "#E69F00" and 0.3 → "rgba(230, 159, 0, 0.3)". */
export function withAlpha(hex: string, alpha: number): string {
  const value = Number.parseInt(hex.slice(1), 16);
  return `rgba(${value >> 16}, ${(value >> 8) & 255}, ${value & 255}, ${alpha})`;
}
