import type { Fingerprint } from './reference.ts';
import { fingerprintOf } from './reference.ts';

export interface PixelVerdict {
  good: boolean;
  /** "equal", "PSNR 47.1 dB", or what is wrong. */
  words: string;
}

const MIN_PSNR_DB = 40;

/**
 * Compares all samples with GDAL's: they must be equal, or close if the compression is lossy. NaN = invalid on both
 * sides.
 */
export function comparePixels(ours: Float32Array, theirs: Float32Array, lossy: boolean): PixelVerdict {
  if (ours.length !== theirs.length) return { good: false, words: `${ours.length} samples, GDAL ${theirs.length}` };
  let different = 0;
  let validity = 0;
  let squares = 0;
  let compared = 0;
  let peak = 0;
  for (let i = 0; i < ours.length; i++) {
    const [a, b] = [ours[i]!, theirs[i]!];
    const [missing, theirsMissing] = [Number.isNaN(a), Number.isNaN(b)];
    if (missing !== theirsMissing) validity++;
    if (missing || theirsMissing) continue;
    compared++;
    if (Math.abs(b) > peak) peak = Math.abs(b);
    if (a !== b) {
      different++;
      squares += (a - b) * (a - b);
    }
  }
  if (validity > 0) return { good: false, words: `${validity} of ${ours.length} samples valid on one side only` };
  if (different === 0) return { good: true, words: 'equal' };
  const psnr = psnrOf(squares / compared, peak);
  const words = `PSNR ${psnr.toFixed(1)} dB`;
  if (lossy) return { good: psnr >= MIN_PSNR_DB, words };
  return { good: false, words: `${different} of ${ours.length} samples differ (${words})` };
}

/** The same comparison with a stored fingerprint of GDAL's samples. */
export function compareWithFingerprint(ours: Float32Array, stored: Fingerprint, lossy: boolean): PixelVerdict {
  const own = fingerprintOf(ours);
  if (own.sha256 === stored.sha256) return { good: true, words: 'equal' };
  if (own.count !== stored.count) return { good: false, words: `${own.count} samples, GDAL ${stored.count}` };
  const filled = (values: readonly (number | null)[]) => Float32Array.from(values, (value) => value ?? Number.NaN);
  const verdict = comparePixels(filled(own.some), filled(stored.some), lossy);
  // Some samples differ, but none of the stored ones.
  if (verdict.words === 'equal' && !lossy) return { good: false, words: 'differ from those stored' };
  return verdict;
}

/** Bytes have a peak of 255 whatever the picture contains; other types use the largest value. */
function psnrOf(meanSquare: number, peak: number): number {
  const top = Math.max(peak, 255);
  return 10 * Math.log10((top * top) / meanSquare);
}
