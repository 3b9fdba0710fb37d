import { JpegDamage } from './bits.ts';
import { inverseDct, type Span } from './idct.ts';

/** A picture's size and components (T.81, B.2.2), with buffers for their samples. */
export interface Frame {
  width: number;
  height: number;
  progressive: boolean;
  mcusAcross: number;
  mcusDown: number;
  components: Component[];
}

export interface Component {
  id: number;
  /** Blocks per MCU along each axis. */
  h: number;
  v: number;
  tableIndex: number;
  /** i32[64] in natural order: the table in force when the component's data start. */
  table: Int32Array | null;
  /** Blocks that contain pixels. A scan of this component alone codes only these. */
  ownAcross: number;
  ownDown: number;
  /** Blocks including those that pad the MCUs. */
  across: number;
  down: number;
  /** Samples per block after the transform, and the sample plane: u8[down · spanY, across · spanX]. */
  spanX: Span;
  spanY: Span;
  stride: number;
  samples: Uint8ClampedArray;
  /** i16[down, across, 64]; progressive pictures only, because their coefficients arrive in several scans. */
  coefficients: Int16Array | null;
}

const SIDE = 8;

/**
 * Reads the payload of a start-of-frame segment. Pictures above `maxPixels` are refused before any allocation. Throws
 * JpegDamage.
 */
export function readFrame(payload: Uint8Array, progressive: boolean, maxPixels: number): Frame {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (payload.length < 6) throw new JpegDamage('its frame header is cut off');
  const [height, width, count] = [view.getUint16(1), view.getUint16(3), payload[5]!];
  if (payload[0] !== 8) throw new JpegDamage(`its samples have ${payload[0]} bits; only 8 are supported`);
  if (width === 0 || height === 0) throw new JpegDamage(`it says ${width}×${height} pixels`);
  if (width * height > maxPixels) throw new JpegDamage(`it says ${width}×${height} pixels, more than expected`);
  if (count < 1 || count > 4 || payload.length < 6 + 3 * count) throw new JpegDamage(`it has ${count} components`);
  const factors = Array.from({ length: count }, (_, i) => {
    const [id, both, tableIndex] = payload.subarray(6 + 3 * i, 9 + 3 * i) as unknown as [number, number, number];
    const [h, v] = [both >> 4, both & 15];
    if (h < 1 || h > 4 || v < 1 || v > 4) throw new JpegDamage(`a component is sampled ${h}×${v}`);
    return { id, h, v, tableIndex };
  });
  const maxH = Math.max(...factors.map(({ h }) => h));
  const maxV = Math.max(...factors.map(({ v }) => v));
  const mcusAcross = Math.ceil(width / (SIDE * maxH));
  const mcusDown = Math.ceil(height / (SIDE * maxV));
  const components = factors.map(({ id, h, v, tableIndex }): Component => {
    // If two pixels share a sample, the transform doubles it, as in libjpeg since version 7.
    const spanX: Span = maxH % (2 * h) === 0 ? 16 : 8;
    const spanY: Span = maxV % (2 * v) === 0 ? 16 : 8;
    const [across, down] = [mcusAcross * h, mcusDown * v];
    return {
      ...{ id, h, v, tableIndex, table: null },
      ownAcross: Math.ceil(Math.ceil((width * h) / maxH) / SIDE),
      ownDown: Math.ceil(Math.ceil((height * v) / maxV) / SIDE),
      ...{ across, down, spanX, spanY },
      stride: across * spanX,
      samples: new Uint8ClampedArray(across * spanX * down * spanY),
      coefficients: progressive ? new Int16Array(across * down * 64) : null,
    };
  });
  return { width, height, progressive, mcusAcross, mcusDown, components };
}

/** Transforms one block's coefficients, i32[64] in natural order, into the component's samples. Throws JpegDamage. */
export function placeBlock(component: Component, row: number, col: number, block: Int32Array): void {
  const { table, spanX, spanY, samples, stride } = component;
  if (!table) throw new JpegDamage('a quantisation table is missing');
  inverseDct(block, table, spanX, spanY, samples, row * spanY * stride + col * spanX, stride);
}

/** Computes the samples of a progressive picture after all its scans were read. */
export function placeCoefficients(component: Component): void {
  const block = new Int32Array(64);
  for (let row = 0; row < component.down; row++) {
    for (let col = 0; col < component.across; col++) {
      const at = (row * component.across + col) * 64;
      for (let i = 0; i < 64; i++) block[i] = component.coefficients![at + i]!;
      placeBlock(component, row, col, block);
    }
  }
}
