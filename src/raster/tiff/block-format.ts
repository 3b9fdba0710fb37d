import type { SampleType } from '../../imagery/image.ts';
import { type YCbCr, yCbCrBytes } from './codecs/ycbcr.ts';

/** What it takes to decode a block of an image: plain data, so that it can be sent to a worker. */
export interface BlockFormat {
  samplesPerPixel: number;
  sampleType: SampleType;
  /** 1–64, the same for all samples. */
  bits: number;
  compression: number;
  photometric: number;
  predictor: number;
  /** True where each block holds one sample only. */
  planar: boolean;
  /** Bits of a byte reversed (FillOrder 2). */
  reversedBits: boolean;
  littleEndian: boolean;
  /** Pixels. */
  blockWidth: number;
  /** Rows; the last strip may have fewer. */
  blockHeight: number;
  jpegTables: Uint8Array | null;
  lercParameters: number[] | null;
  /** Set where samples are YCbCr, but for JPEG, which says itself what it holds. */
  yCbCr: YCbCr | null;
}

/** Bytes of one decoded block of `rows` rows as the file stores it, rows padded to whole bytes. */
export function blockBytes(
  format: Pick<BlockFormat, 'planar' | 'samplesPerPixel' | 'blockWidth' | 'bits' | 'yCbCr'>,
  rows: number,
): number {
  if (format.yCbCr && sharesChroma(format.yCbCr)) return yCbCrBytes(format.yCbCr, format.blockWidth, rows);
  const samples = format.planar ? 1 : format.samplesPerPixel;
  return Math.ceil((format.blockWidth * samples * format.bits) / 8) * rows;
}

/** Whether pixels are stored in units rather than one by one. */
export const sharesChroma = ({ sharedX, sharedY }: YCbCr): boolean => sharedX * sharedY > 1;

/** The part of `layout` that decoding needs, without its lists of offsets. */
export function blockFormatOf(layout: BlockFormat): BlockFormat {
  const { samplesPerPixel, sampleType, bits, compression, photometric, predictor, planar, reversedBits } = layout;
  const { littleEndian, blockWidth, blockHeight, jpegTables, lercParameters, yCbCr } = layout;
  return {
    samplesPerPixel,
    sampleType,
    bits,
    compression,
    photometric,
    predictor,
    planar,
    reversedBits,
    littleEndian,
    blockWidth,
    blockHeight,
    jpegTables,
    lercParameters,
    yCbCr,
  };
}
