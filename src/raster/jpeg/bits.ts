/** Why a JPEG can't be decoded, as a phrase. Callers wrap it in an error of their own. */
export class JpegDamage extends Error {}

/** Codes up to this many bits are decoded by one table lookup. */
const LOOK_UP = 9;

/** A Huffman table (ITU-T T.81, annex C and F.2.2.3), prepared for decoding. */
export interface HuffmanTable {
  /** Indexed by the next 9 bits: 256 · code length + symbol; 0 if the code is longer. */
  short: Uint16Array;
  /**
   * Indexed by code length: the first code beyond that length, as 16 bits, and what to add to a code to get its
   * symbol's index.
   */
  limit: Int32Array;
  offset: Int32Array;
  symbols: Uint8Array;
}

/** `counts[i]` codes of i + 1 bits, with their symbols in order. Throws JpegDamage. */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const short = new Uint16Array(1 << LOOK_UP);
  const limit = new Int32Array(18).fill(-1);
  const offset = new Int32Array(18);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= 16; length++) {
    offset[length] = index - code;
    for (let i = 0; i < counts[length - 1]!; i++, code++, index++) {
      if (code >= 1 << length) throw new JpegDamage('its Huffman codes are impossible');
      if (length > LOOK_UP) continue;
      const first = code << (LOOK_UP - length);
      short.fill((length << 8) | symbols[index]!, first, first + (1 << (LOOK_UP - length)));
    }
    limit[length] = code << (16 - length);
    code <<= 1;
  }
  limit[17] = 1 << 30;
  return { short, limit, offset, symbols };
}

/**
 * The bits of one scan, most significant first. A zero byte after 0xff is stuffing; any other byte is a marker and ends
 * the scan.
 */
export class BitReader {
  private readonly data: Uint8Array;
  private at: number;
  private buffer = 0;
  private count = 0;
  /** Zero bits appended after the end, so that reading ahead needs no checks. */
  private made = 0;

  constructor(data: Uint8Array, at: number) {
    this.data = data;
    this.at = at;
  }

  /** One to sixteen bits as a number. */
  read(bits: number): number {
    if (this.count < bits) this.fill();
    this.count -= bits;
    return (this.buffer >>> this.count) & ((1 << bits) - 1);
  }

  /** A value of `bits` bits whose first bit gives the sign (T.81, F.2.2.1). */
  signed(bits: number): number {
    if (bits === 0) return 0;
    const value = this.read(bits);
    return value < 1 << (bits - 1) ? value - (1 << bits) + 1 : value;
  }

  /** The next symbol of a table. Throws JpegDamage. */
  symbol(table: HuffmanTable): number {
    if (this.count < 16) this.fill();
    const ahead = (this.buffer >>> (this.count - 16)) & 0xffff;
    const found = table.short[ahead >> (16 - LOOK_UP)]!;
    if (found !== 0) {
      this.count -= found >> 8;
      return found & 0xff;
    }
    let length = LOOK_UP + 1;
    while (ahead >= table.limit[length]!) length++;
    if (length > 16) throw new JpegDamage('a Huffman code is not in its table');
    this.count -= length;
    return table.symbols[(ahead >> (16 - length)) + table.offset[length]!] ?? 0;
  }

  /** Throws JpegDamage if more bits were read than the scan has. */
  check(): void {
    if (this.count < this.made) throw new JpegDamage('its data end early');
  }

  /** Skips to the next byte and reads the restart marker that must follow. Throws JpegDamage. */
  restart(): void {
    this.check();
    this.buffer = 0;
    this.count = 0;
    this.made = 0;
    this.at = this.nextMarker();
    const marker = this.data[this.at + 1] ?? 0;
    if (marker < 0xd0 || marker > 0xd7) throw new JpegDamage('a restart marker is missing');
    this.at += 2;
  }

  /** The position of the marker after the scan, or the end of the data. */
  nextMarker(): number {
    let { at } = this;
    while (at < this.data.length && !(this.data[at] === 0xff && !isStuffing(this.data[at + 1]))) at++;
    return at;
  }

  private fill(): void {
    while (this.count <= 16) {
      let byte = this.data[this.at] ?? -1;
      if (byte === 0xff) {
        if (this.data[this.at + 1] === 0) this.at += 2;
        else byte = -1;
      } else if (byte >= 0) this.at++;
      if (byte < 0) {
        byte = 0;
        this.made += 8;
      }
      this.buffer = (this.buffer << 8) | byte;
      this.count += 8;
    }
  }
}

/** After 0xff, a zero byte means the 0xff is data; another 0xff is fill. */
const isStuffing = (byte: number | undefined): boolean => byte === 0 || byte === 0xff;
