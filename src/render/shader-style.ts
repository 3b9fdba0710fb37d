import { NadirError } from '../lib/errors.ts';
import { type Appearance, HOLE_BELOW, linearOf, powerOf } from './appearance.ts';
import { bandsOf, childrenOf, type Expression, parseExpression } from './expression.ts';
import { RAMPS } from './ramps.ts';

/** The map library's style expressions: nested arrays that it compiles into a fragment shader. */
export type ShaderExpression = number | string | readonly ShaderExpression[];

export interface ShaderStyle {
  color: ShaderExpression;
  variables: Record<string, number>;
}

/** A tile's texture: `bands` as in `RawTile`, then validity. `isByte`: samples 0–255 appear as 0–1. */
export interface TextureLayout {
  bands: readonly number[];
  isByte: boolean;
}

const TRANSPARENT: ShaderExpression = ['color', 0, 0, 0, 0];
/** Larger than any sample. Used in a literal without an exponent. */
const FAR = 1e20;
/** Graphics drivers would take seconds to compile larger expressions. */
const MAX_EXPRESSION_SIZE = 600;

/**
 * The shader for an appearance. Two appearances with the same `styleKey` differ only in `variables`, so a new stretch
 * or gamma changes uniforms only: no tile is read again and no shader compiled. Errors: EXPRESSION_INVALID.
 */
export function shaderStyle(appearance: Appearance, layout: TextureLayout, bandCount: number): ShaderStyle {
  return { color: colourOf(appearance, layout, bandCount), variables: variablesOf(appearance) };
}

/** Identifies the shader: everything that determines it except numbers. */
export function styleKey({ bands, display }: Appearance, layout: TextureLayout): string {
  const what =
    display.kind === 'rgb'
      ? ['rgb', bands.red, bands.green, bands.blue]
      : display.kind === 'ramp'
        ? ['ramp', display.band, display.ramp]
        : ['index', display.expression, display.ramp];
  return JSON.stringify([what, layout.bands, layout.isByte]);
}

export function variablesOf({ bands, stretch, display }: Appearance): Record<string, number> {
  if (display.kind === 'index') {
    const [low, high] = display.range;
    return { low, scale: 1 / (high > low ? high - low : 1) };
  }
  const power = powerOf(stretch);
  if (display.kind === 'ramp') {
    const { black, scale } = linearOf(stretch, display.band);
    return { low: black, scale, power };
  }
  const red = linearOf(stretch, bands.red);
  const green = linearOf(stretch, bands.green);
  const blue = linearOf(stretch, bands.blue);
  return {
    lowRed: red.black,
    scaleRed: red.scale,
    lowGreen: green.black,
    scaleGreen: green.scale,
    lowBlue: blue.black,
    scaleBlue: blue.scale,
    power,
  };
}

function colourOf({ bands, display }: Appearance, layout: TextureLayout, bandCount: number): ShaderExpression {
  const valid: ShaderExpression = ['band', layout.bands.length + 1];
  const sample = (band: number): ShaderExpression => {
    const place = layout.bands.indexOf(band) + 1;
    if (place === 0) throw new NadirError('INTERNAL', `Band ${band + 1} is not in the tile.`);
    const stored: ShaderExpression = layout.isByte ? ['*', 255, ['band', place]] : ['band', place];
    // Invalid pixels are 0 in every channel, so dividing by validity removes their part of an interpolated value.
    return ['/', stored, ['clamp', valid, 0.001, 1]];
  };
  const stretched = (value: ShaderExpression, low: string, scale: string): ShaderExpression => [
    'clamp',
    ['*', ['-', value, ['var', low]], ['var', scale]],
    0,
    1,
  ];
  if (display.kind === 'rgb') {
    const channel = (band: number, name: string): ShaderExpression => [
      '^',
      stretched(sample(band), `low${name}`, `scale${name}`),
      ['var', 'power'],
    ];
    return ['array', channel(bands.red, 'Red'), channel(bands.green, 'Green'), channel(bands.blue, 'Blue'), valid];
  }
  const ramp = (t: ShaderExpression): ShaderExpression => {
    const { stops } = RAMPS[display.ramp];
    return ['interpolate', ['linear'], t, ...stops.flatMap((stop, i) => [i / (stops.length - 1), ['color', ...stop]])];
  };
  const invalid: ShaderExpression[] = [['<', valid, 0.5]];
  if (display.kind === 'ramp') {
    const value = sample(display.band);
    if (!layout.isByte) invalid.push(['<', value, HOLE_BELOW]);
    return unless(invalid, ramp(['^', stretched(value, 'low', 'scale'), ['var', 'power']]));
  }
  const expression = parseExpression(display.expression, bandCount);
  if (sizeOf(expression) > MAX_EXPRESSION_SIZE) {
    throw new NadirError('EXPRESSION_INVALID', 'The expression is too complex to draw. Write it with fewer powers.');
  }
  if (!layout.isByte) for (const band of bandsOf(expression)) invalid.push(['<', sample(band), HOLE_BELOW]);
  collectInvalid(expression, sample, invalid);
  return unless(invalid, ramp(stretched(translate(expression, sample), 'low', 'scale')));
}

/**
 * The map library appends ".0" to a number without a decimal point, which breaks an exponent (ol 10.11, expr/gpu.js
 * numberToGlsl).
 */
function literal(value: number): ShaderExpression {
  const [digits = '0', exponent] = String(value).split('e');
  return exponent === undefined ? value : ['*', Number(digits), ['^', 10, Number(exponent)]];
}

function unless(conditions: readonly ShaderExpression[], colour: ShaderExpression): ShaderExpression {
  return ['case', ...conditions.flatMap((condition) => [condition, TRANSPARENT]), colour];
}

type Sample = (band: number) => ShaderExpression;

function translate(node: Expression, sample: Sample): ShaderExpression {
  switch (node.kind) {
    case 'number':
      return literal(node.value);
    case 'band':
      return sample(node.band);
    case 'binary':
      return [node.operator, translate(node.left, sample), translate(node.right, sample)];
    case 'power': {
      const base = translate(node.base, sample);
      const { exponent } = node;
      if (exponent === 0) return 1;
      if (exponent === 1) return base;
      // The shader's power is undefined for a negative base.
      if (!Number.isInteger(exponent)) return ['^', base, exponent];
      const size: ShaderExpression = ['^', ['abs', base], exponent];
      return exponent % 2 === 0 ? size : ['*', ['case', ['<', base, 0], -1, 1], size];
    }
    case 'call': {
      const [first = 0, second = 0] = node.arguments.map((child) => translate(child, sample));
      if (node.name === 'min') return ['clamp', first, -FAR, second];
      if (node.name === 'max') return ['clamp', first, second, FAR];
      return [node.name, first];
    }
  }
}

/** Conditions under which `evaluate` has no value. */
function collectInvalid(node: Expression, sample: Sample, conditions: ShaderExpression[]): void {
  if (node.kind === 'binary' && node.operator === '/') conditions.push(['==', translate(node.right, sample), 0]);
  if (node.kind === 'call' && node.name === 'sqrt') conditions.push(['<', translate(node.arguments[0]!, sample), 0]);
  if (node.kind === 'power' && !Number.isInteger(node.exponent))
    conditions.push(['<', translate(node.base, sample), 0]);
  for (const child of childrenOf(node)) collectInvalid(child, sample, conditions);
}

/** Size of the translated expression; an odd power contains its base twice. */
function sizeOf(node: Expression): number {
  const inner = childrenOf(node).reduce((sum, child) => sum + sizeOf(child), 0);
  const isOddPower = node.kind === 'power' && Number.isInteger(node.exponent) && node.exponent % 2 === 1;
  return 1 + (isOddPower ? 2 * inner : inner);
}
