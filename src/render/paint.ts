import type { RawTile } from '../imagery/tiles.ts';
import { type Appearance, HOLE_BELOW, linearOf, powerOf } from './appearance.ts';
import { evaluate, parseExpression } from './expression.ts';
import { rampColour } from './ramps.ts';

/** Number of steps in a ramp's lookup table. */
const STEPS = 1024;

/**
 * Raw samples → RGBA for the screen, `Uint8ClampedArray[height, width, 4]`, on the processor. Does what the shader of
 * `shader-style.ts` does, pixel by pixel. Alpha is 0 where nothing is valid. The tile must contain the bands that are
 * shown. Errors: EXPRESSION_INVALID.
 */
export function paint(tile: RawTile, appearance: Appearance, bandCount: number): Uint8ClampedArray<ArrayBuffer> {
  const { width, height, data } = tile;
  const stride = tile.bands.length + 1;
  const colours = new Uint8ClampedArray(width * height * 4);
  const put = painter(tile, appearance, bandCount);
  for (let pixel = 0; pixel < width * height; pixel++) {
    if (data[pixel * stride + stride - 1]! > 0) put(pixel * stride, colours, pixel * 4);
  }
  return colours;
}

type Put = (from: number, colours: Uint8ClampedArray, to: number) => void;

function painter(tile: RawTile, { bands, stretch, display }: Appearance, bandCount: number): Put {
  const { data } = tile;
  const placeOf = (band: number) => tile.bands.indexOf(band);
  if (display.kind === 'rgb') {
    const power = powerOf(stretch);
    const channels = [bands.red, bands.green, bands.blue].map((band) => ({
      place: placeOf(band),
      ...linearOf(stretch, band),
    }));
    return (from, colours, to) => {
      for (let channel = 0; channel < 3; channel++) {
        const { place, black, scale } = channels[channel]!;
        const bright = Math.min(1, Math.max(0, (data[from + place]! - black) * scale));
        colours[to + channel] = (power === 1 ? bright : bright ** power) * 255;
      }
      colours[to + 3] = 255;
    };
  }
  const table = Array.from({ length: STEPS + 1 }, (_, i) => rampColour(display.ramp, i / STEPS));
  const colour = (t: number, colours: Uint8ClampedArray, to: number) => {
    const entry = table[Math.round(Math.min(1, Math.max(0, t)) * STEPS)]!;
    colours[to] = entry[0];
    colours[to + 1] = entry[1];
    colours[to + 2] = entry[2];
    colours[to + 3] = 255;
  };
  if (display.kind === 'ramp') {
    const place = placeOf(display.band);
    const { black, scale } = linearOf(stretch, display.band);
    const power = powerOf(stretch);
    return (from, colours, to) => {
      const value = data[from + place]!;
      if (value > HOLE_BELOW) colour(Math.min(1, Math.max(0, (value - black) * scale)) ** power, colours, to);
    };
  }
  const expression = parseExpression(display.expression, bandCount);
  const places = Array.from({ length: bandCount }, (_, band) => placeOf(band));
  const [low, high] = display.range;
  let at = 0;
  const sample = (band: number) => {
    const value = data[at + places[band]!]!;
    return value > HOLE_BELOW ? value : Number.NaN;
  };
  return (from, colours, to) => {
    at = from;
    const value = evaluate(expression, sample);
    if (Number.isFinite(value)) colour((value - low) / (high > low ? high - low : 1), colours, to);
  };
}
