import { BitReader, type HuffmanTable, JpegDamage } from './bits.ts';
import { type Component, type Frame, placeBlock } from './frame.ts';

/** One pass over the picture's blocks (T.81, B.2.3). */
export interface Scan {
  parts: ScanPart[];
  /** Frequencies along the zigzag, both ends inclusive. */
  first: number;
  last: number;
  /** Low bits still missing after the previous scans of these coefficients (0: first scan), and after this one. */
  high: number;
  low: number;
}

export interface ScanPart {
  component: Component;
  dc: HuffmanTable | undefined;
  ac: HuffmanTable | undefined;
  /** The last DC term; the next one is coded as a difference. */
  predicted: number;
}

/** Natural index of each coefficient in coding order. */
export const ZIGZAG = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14],
  ...[21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60],
  ...[61, 54, 47, 55, 62, 63],
);

/** Decodes the scan whose data start at `at`. Returns the position of the next marker. Throws JpegDamage. */
export function decodeScan(data: Uint8Array, at: number, frame: Frame, scan: Scan, restartInterval: number): number {
  const bits = new BitReader(data, at);
  const decoder = new BlockDecoder(bits, scan);
  const decode = frame.progressive ? decoder.progressive() : decoder.sequential;
  const [single] = scan.parts.length === 1 ? scan.parts : [];
  const across = single ? single.component.ownAcross : frame.mcusAcross;
  const down = single ? single.component.ownDown : frame.mcusDown;
  let untilRestart = restartInterval;
  for (let row = 0; row < down; row++) {
    for (let col = 0; col < across; col++) {
      if (restartInterval > 0 && untilRestart === 0) {
        bits.restart();
        decoder.reset();
        untilRestart = restartInterval;
      }
      untilRestart--;
      if (single) decode(single, row, col);
      else decodeMcu(scan.parts, row, col, decode);
    }
    bits.check();
  }
  return bits.nextMarker();
}

type Decode = (part: ScanPart, row: number, col: number) => void;

function decodeMcu(parts: readonly ScanPart[], row: number, col: number, decode: Decode): void {
  for (const part of parts) {
    const { h, v } = part.component;
    for (let y = 0; y < v; y++) for (let x = 0; x < h; x++) decode(part, row * v + y, col * h + x);
  }
}

class BlockDecoder {
  private readonly bits: BitReader;
  private readonly scan: Scan;
  private readonly block = new Int32Array(64);
  /** Number of following blocks without further coefficients in this scan. */
  private emptyBlocks = 0;

  constructor(bits: BitReader, scan: Scan) {
    this.bits = bits;
    this.scan = scan;
  }

  reset(): void {
    this.emptyBlocks = 0;
    for (const part of this.scan.parts) part.predicted = 0;
  }

  /** Reads all coefficients of a block at once (T.81, F.2). */
  readonly sequential: Decode = (part, row, col) => {
    const { bits, block } = this;
    const ac = needed(part.ac);
    block.fill(0);
    part.predicted += bits.signed(bits.symbol(needed(part.dc)) & 15);
    block[0] = part.predicted;
    for (let k = 1; k < 64; k++) {
      const symbol = bits.symbol(ac);
      const size = symbol & 15;
      if (size === 0 && symbol < 0xf0) break;
      k += symbol >> 4;
      if (k > 63) throw new JpegDamage('a block has more than 64 coefficients');
      if (size > 0) block[ZIGZAG[k]!] = bits.signed(size);
    }
    placeBlock(part.component, row, col, block);
  };

  /** Picks one of the four progressive procedures (T.81, G.1.2 and G.2). */
  progressive(): Decode {
    const { first, high } = this.scan;
    const read =
      first === 0
        ? high === 0
          ? this.constants
          : this.moreOfConstants
        : high === 0
          ? this.frequencies
          : this.moreOfFrequencies;
    return (part, row, col) => {
      const { coefficients, across } = part.component;
      read(part, coefficients!, (row * across + col) * 64);
    };
  }

  private readonly constants = (part: ScanPart, coefficients: Int16Array, at: number): void => {
    part.predicted += this.bits.signed(this.bits.symbol(needed(part.dc)) & 15);
    coefficients[at] = part.predicted << this.scan.low;
  };

  private readonly moreOfConstants = (_: ScanPart, coefficients: Int16Array, at: number): void => {
    if (this.bits.read(1)) coefficients[at]! |= 1 << this.scan.low;
  };

  private readonly frequencies = (part: ScanPart, coefficients: Int16Array, at: number): void => {
    if (this.emptyBlocks > 0) {
      this.emptyBlocks--;
      return;
    }
    const { bits, scan } = this;
    const ac = needed(part.ac);
    for (let k = scan.first; k <= scan.last; k++) {
      const symbol = bits.symbol(ac);
      const [run, size] = [symbol >> 4, symbol & 15];
      if (size === 0 && run < 15) {
        this.emptyBlocks = this.emptyRun(run) - 1;
        return;
      }
      k += run;
      if (k > 63) throw new JpegDamage('a block has more than 64 coefficients');
      if (size > 0) coefficients[at + ZIGZAG[k]!] = bits.signed(size) << scan.low;
    }
  };

  private readonly moreOfFrequencies = (part: ScanPart, coefficients: Int16Array, at: number): void => {
    const { bits, scan } = this;
    let k = scan.first;
    if (this.emptyBlocks === 0) {
      const ac = needed(part.ac);
      for (; k <= scan.last; k++) {
        const symbol = bits.symbol(ac);
        let zeros = symbol >> 4;
        let value = 0;
        if ((symbol & 15) > 0) value = bits.read(1) ? 1 << scan.low : -1 << scan.low;
        else if (zeros < 15) {
          this.emptyBlocks = this.emptyRun(zeros);
          break;
        }
        for (; k <= scan.last; k++) {
          const place = at + ZIGZAG[k]!;
          if (coefficients[place] !== 0) this.refine(coefficients, place);
          else if (zeros-- === 0) break;
        }
        if (value !== 0 && k <= 63) coefficients[at + ZIGZAG[k]!] = value;
      }
    }
    if (this.emptyBlocks === 0) return;
    for (; k <= scan.last; k++) {
      const place = at + ZIGZAG[k]!;
      if (coefficients[place] !== 0) this.refine(coefficients, place);
    }
    this.emptyBlocks--;
  };

  /** How many blocks, including this one, have no further coefficients. */
  private emptyRun(bits: number): number {
    return (1 << bits) + (bits > 0 ? this.bits.read(bits) : 0);
  }

  /** Reads the next bit of a coefficient that is already nonzero. */
  private refine(coefficients: Int16Array, place: number): void {
    const bit = 1 << this.scan.low;
    const value = coefficients[place]!;
    if (this.bits.read(1) && (value & bit) === 0) coefficients[place] = value >= 0 ? value + bit : value - bit;
  }
}

function needed(table: HuffmanTable | undefined): HuffmanTable {
  if (!table) throw new JpegDamage('a Huffman table is missing');
  return table;
}
