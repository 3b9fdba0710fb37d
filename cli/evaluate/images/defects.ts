import type { Defect } from '../question.ts';
import { seededRandom } from '../scores/ratio.ts';

/** Red, green and blue, 8 bits, row-major and interleaved. */
export interface Rgb {
  data: Uint8Array;
  width: number;
  height: number;
}

/** The effect of each defect, for the report. */
export const SEVERITIES: Record<Defect, string> = {
  blur: 'Gaussian blur, σ 2.5–4 pixels',
  noise: 'Gaussian noise, σ 28–45 of 255, each band by itself',
  haze: 'mixed with a bright grey veil, 55–75 % on average, four times as thick on one side as on the other',
  stripes: 'every 6th to 10th line brighter or darker by 35–60',
  'missing data': 'one to three black rectangles over 8–25 % of the image',
  overexposure: 'a gain that clips 30–60 % of the samples at white, 1.8 at least',
  underexposure: 'gain 0.25–0.12, then as much taken off as clips 25–55 % of the samples at black',
};

/**
 * Applies one defect to a clean image. `severity` 0…1 runs from the mild to the strong end of `SEVERITIES`; the same
 * seed gives the same pixels. Doesn't modify the input.
 */
export function spoil(image: Rgb, defect: Defect, severity: number, seed: number): Rgb {
  const random = seededRandom(seed);
  const between = (mild: number, strong: number) => mild + (strong - mild) * severity;
  switch (defect) {
    case 'blur':
      return blur(image, between(2.5, 4));
    case 'noise': {
      const sigma = between(28, 45);
      return mapSamples(image, (value) => value + sigma * gaussian(random));
    }
    case 'haze': {
      const thickness = between(0.55, 0.75);
      const turned = random() < 0.5;
      return mapSamples(image, (value, col, row) => {
        const along = turned ? col / image.width : row / image.height;
        const share = Math.min(0.95, thickness * (0.4 + 1.2 * along));
        return value * (1 - share) + 215 * share;
      });
    }
    case 'stripes':
      return stripes(image, between(35, 60), random);
    case 'missing data':
      return holes(image, between(0.08, 0.25), random);
    case 'overexposure':
      return mapSamples(image, multiply(Math.max(1.8, 255 / sampleAt(image, 1 - between(0.3, 0.6)))));
    case 'underexposure': {
      // A stretch would undo mere darkening; clipped samples stay lost.
      const gain = between(0.25, 0.12);
      const black = sampleAt(image, between(0.25, 0.55));
      return mapSamples(image, (value) => gain * (value - black));
    }
  }
}

function mapSamples({ data, width, height }: Rgb, change: (value: number, col: number, row: number) => number): Rgb {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 1) {
    const pixel = Math.floor(i / 3);
    out[i] = clamp(change(data[i]!, pixel % width, Math.floor(pixel / width)));
  }
  return { data: out, width, height };
}

const multiply = (gain: number) => (value: number) => value * gain;

/** The value below which `share` of all samples lie; at least 1, because it is used as a divisor. */
function sampleAt({ data }: Rgb, share: number): number {
  const sorted = Uint8Array.from(data).sort();
  return Math.max(1, sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
}

function stripes(image: Rgb, step: number, random: () => number): Rgb {
  const period = 6 + Math.floor(random() * 5);
  const first = Math.floor(random() * period);
  const upright = random() < 0.5;
  const offsets = Array.from({ length: Math.max(image.width, image.height) }, () => (random() < 0.5 ? -step : step));
  return mapSamples(image, (value, col, row) => {
    const line = upright ? col : row;
    return line % period === first ? value + offsets[line]! : value;
  });
}

function holes(image: Rgb, share: number, random: () => number): Rgb {
  const count = 1 + Math.floor(random() * 3);
  const area = (share * image.width * image.height) / count;
  const out = new Uint8Array(image.data);
  for (let n = 0; n < count; n += 1) {
    const wide = 0.6 + 1.2 * random();
    const width = Math.min(image.width, Math.max(1, Math.round(Math.sqrt(area) * wide)));
    const height = Math.min(image.height, Math.max(1, Math.round(area / width)));
    const x = Math.floor(random() * (image.width - width + 1));
    const y = Math.floor(random() * (image.height - height + 1));
    for (let row = y; row < y + height; row += 1) {
      out.fill(0, (row * image.width + x) * 3, (row * image.width + x + width) * 3);
    }
  }
  return { ...image, data: out };
}

/** Separable; edges repeat the outermost pixel. */
function blur(image: Rgb, sigma: number): Rgb {
  const radius = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const pass = ({ data, width, height }: Rgb, dx: number, dy: number): Rgb => {
    const out = new Uint8Array(data.length);
    for (let row = 0; row < height; row += 1) {
      for (let col = 0; col < width; col += 1) {
        for (let band = 0; band < 3; band += 1) {
          let sum = 0;
          for (const [i, weight] of weights.entries()) {
            const x = Math.min(width - 1, Math.max(0, col + (i - radius) * dx));
            const y = Math.min(height - 1, Math.max(0, row + (i - radius) * dy));
            sum += weight * data[(y * width + x) * 3 + band]!;
          }
          out[(row * width + col) * 3 + band] = clamp(sum / total);
        }
      }
    }
    return { data: out, width, height };
  };
  return pass(pass(image, 1, 0), 0, 1);
}

const clamp = (value: number) => Math.min(255, Math.max(0, Math.round(value)));

/** Standard normal (Box–Muller). */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
