import type { SampleType } from '../../imagery/image.ts';
import { type YCbCr, yCbCrBytes } from './codecs/ycbcr.ts';

/** What is needed to decode a block: plain data that can be sent to a worker. */
export interface BlockFormat {
  samplesPerPixel: number;
  sampleType: SampleType;
  /** 1–64, the same for all samples. */
  bits: number;
  compression: number;
  photometric: number;
  predictor: number;
  /** True if each block holds a single sample. */
  planar: boolean;
  /** Bits of each byte are reversed (FillOrder 2). */
  reversedBits: boolean;
  littleEndian: boolean;
  /** Pixels. */
  blockWidth: number;
  /** Rows; the last strip may have fewer. */
  blockHeight: number;
  jpegTables: Uint8Array | null;
  lercParameters: number[] | null;
  /** Set if samples are YCbCr, except in JPEG, which states its own colour space. */
  yCbCr: YCbCr | null;
}

/** Bytes of a decoded block of `rows` rows as the file stores it: rows are padded to whole bytes. */
export function blockBytes(
  format: Pick<BlockFormat, 'planar' | 'samplesPerPixel' | 'blockWidth' | 'bits' | 'yCbCr'>,
  rows: number,
): number {
  if (format.yCbCr && sharesChroma(format.yCbCr)) return yCbCrBytes(format.yCbCr, format.blockWidth, rows);
  const samples = format.planar ? 1 : format.samplesPerPixel;
  return Math.ceil((format.blockWidth * samples * format.bits) / 8) * rows;
}

/** Whether pixels are stored in units with shared chroma rather than one by one. */
export const sharesChroma = ({ sharedX, sharedY }: YCbCr): boolean => sharedX * sharedY > 1;

/** The part of `layout` that decoding needs, without the lists of offsets. */
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
