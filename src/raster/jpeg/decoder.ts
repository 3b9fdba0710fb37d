import { type HuffmanTable, huffmanTable, JpegDamage } from './bits.ts';
import { type Frame, placeCoefficients, readFrame } from './frame.ts';
import { decodeScan, type Scan, ZIGZAG } from './scan.ts';

const SOF0 = 0xc0;
const SOF1 = 0xc1;
const SOF2 = 0xc2;
const DHT = 0xc4;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const DRI = 0xdd;
const APP0 = 0xe0;
const APP14 = 0xee;

/** A decoded picture. */
export interface JpegSamples {
  frame: Frame;
  /**
   * Whether three components are YCbCr, judged by markers and component names as in libjpeg. A container may state
   * otherwise.
   */
  isYCbCr: boolean;
}

/**
 * Decodes Huffman-coded 8-bit JPEGs, sequential and progressive (ITU-T T.81), into samples per component; `toPixels`
 * combines them. Tables stay for the next picture, for streams that share them (TIFF's JPEGTables).
 */
export class JpegDecoder {
  private readonly quantisation: (Int32Array | undefined)[] = [];
  private readonly dc: (HuffmanTable | undefined)[] = [];
  private readonly ac: (HuffmanTable | undefined)[] = [];
  private restartInterval = 0;

  /** Reads a stream that holds only tables. Throws JpegDamage. */
  readTables(data: Uint8Array): void {
    if (this.read(data, 0) !== null) throw new JpegDamage('its shared tables hold a picture');
  }

  /** Throws JpegDamage, also if the picture has more than `maxPixels` pixels. */
  decode(data: Uint8Array, maxPixels: number): JpegSamples {
    this.restartInterval = 0;
    const read = this.read(data, maxPixels);
    if (!read) throw new JpegDamage('it holds no picture');
    return read;
  }

  private read(data: Uint8Array, maxPixels: number): JpegSamples | null {
    if (data[0] !== 0xff || data[1] !== SOI) throw new JpegDamage('it does not start with a JPEG marker');
    let frame: Frame | null = null;
    let isJfif = false;
    let adobeTransform: number | null = null;
    const decoded = new Set<number>();
    for (let at = 2; ; ) {
      const { marker, next } = markerAt(data, at);
      // Some writers omit the end marker. In a progressive picture that can't be told apart from lost scans.
      if (marker === null && frame?.progressive) throw new JpegDamage('its data end early');
      if (marker === null || marker === EOI) break;
      const payload = segmentAt(data, next);
      at = next + 2 + payload.length;
      if (marker === SOF0 || marker === SOF1 || marker === SOF2) {
        if (frame) throw new JpegDamage('it holds several pictures');
        frame = readFrame(payload, marker === SOF2, maxPixels);
      } else if (marker === DHT) this.readHuffman(payload);
      else if (marker === DQT) this.readQuantisation(payload);
      else if (marker === DRI) this.restartInterval = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
      else if (marker === APP0) isJfif ||= startsWith(payload, 'JFIF');
      else if (marker === APP14 && startsWith(payload, 'Adobe')) adobeTransform = payload[11] ?? null;
      else if (marker === SOS) {
        if (!frame) throw new JpegDamage('its data come before its frame header');
        const scan = this.readScan(payload, frame);
        for (const { component } of scan.parts) decoded.add(component.id);
        at = decodeScan(data, at, frame, scan, this.restartInterval);
      } else if (marker > 0xc0 && marker < 0xd0) {
        throw new JpegDamage(`it uses ${processOf(marker)} coding`);
      }
    }
    if (!frame) return null;
    if (frame.components.some(({ id }) => !decoded.has(id))) throw new JpegDamage('its data end early');
    for (const component of frame.components) if (component.coefficients) placeCoefficients(component);
    const names = String.fromCharCode(...frame.components.map(({ id }) => id));
    const isRgb = adobeTransform === null ? names === 'RGB' : adobeTransform === 0;
    return { frame, isYCbCr: frame.components.length === 3 && (isJfif || !isRgb) };
  }

  private readScan(payload: Uint8Array, frame: Frame): Scan {
    const count = payload[0] ?? 0;
    if (payload.length < 4 + 2 * count || count < 1) throw new JpegDamage('a scan header is cut off');
    const parts = Array.from({ length: count }, (_, i) => {
      const component = frame.components.find(({ id }) => id === payload[1 + 2 * i]);
      if (!component) throw new JpegDamage('a scan names a component that does not exist');
      component.table ??= this.quantisation[component.tableIndex] ?? null;
      const tables = payload[2 + 2 * i]!;
      return { component, dc: this.dc[tables >> 4], ac: this.ac[tables & 15], predicted: 0 };
    });
    const [first, last, bits] = payload.subarray(1 + 2 * count) as unknown as [number, number, number];
    const [high, low] = [bits >> 4, bits & 15];
    const isPossible = first <= last && last <= 63 && low <= 13 && (first === 0 ? last === 0 : count === 1);
    if (frame.progressive && !isPossible) throw new JpegDamage('a scan header is impossible');
    return { parts, first, last, high, low };
  }

  private readQuantisation(payload: Uint8Array): void {
    for (let at = 0; at < payload.length; ) {
      const [wide, index] = [payload[at]! >> 4, payload[at]! & 15];
      at += 1;
      const size = wide ? 128 : 64;
      if (at + size > payload.length) throw new JpegDamage('a quantisation table is cut off');
      const table = new Int32Array(64);
      for (let i = 0; i < 64; i++) {
        table[ZIGZAG[i]!] = wide ? (payload[at + 2 * i]! << 8) | payload[at + 2 * i + 1]! : payload[at + i]!;
      }
      this.quantisation[index] = table;
      at += size;
    }
  }

  private readHuffman(payload: Uint8Array): void {
    for (let at = 0; at < payload.length; ) {
      const [kind, index] = [payload[at]! >> 4, payload[at]! & 15];
      const counts = payload.slice(at + 1, at + 17);
      const total = counts.reduce((sum, count) => sum + count, 0);
      const symbols = payload.slice(at + 17, at + 17 + total);
      if (counts.length < 16 || symbols.length < total || total > 256)
        throw new JpegDamage('a Huffman table is cut off');
      (kind === 0 ? this.dc : this.ac)[index] = huffmanTable(counts, symbols);
      at += 17 + total;
    }
  }
}

/** The coding process of a frame that this decoder doesn't support (T.81, table B.1). */
const processOf = (marker: number): string =>
  marker === 0xc3 ? 'lossless' : marker > 0xc8 ? 'arithmetic' : 'hierarchical';

/** The marker at or after `from`, and where its segment starts; null at the end of the data. */
function markerAt(data: Uint8Array, from: number): { marker: number | null; next: number } {
  let at = from;
  for (;;) {
    while (at < data.length && data[at] !== 0xff) at++;
    while (data[at] === 0xff) at++;
    if (at >= data.length) return { marker: null, next: at };
    const marker = data[at++]!;
    // Skips stuffing and markers without a segment.
    if (marker !== 0 && marker !== 1 && !(marker >= 0xd0 && marker <= SOI)) return { marker, next: at };
  }
}

/** The segment's payload, without its length. Throws JpegDamage. */
function segmentAt(data: Uint8Array, at: number): Uint8Array {
  const length = ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
  if (length < 2 || at + length > data.length) throw new JpegDamage('a segment is cut off');
  return data.subarray(at + 2, at + length);
}

const startsWith = (payload: Uint8Array, word: string): boolean =>
  [...word].every((letter, i) => payload[i] === letter.charCodeAt(0));
