import { readPair } from './json-pair.ts';
import type { JsonReader } from './json-reader.ts';

export interface ByteRange {
  /** Of llm_q4.bin's, which later files of a large model follow. */
  file?: string;
  offset: number;
  bytes: number;
}

/** One tensor of llm_f32.bin and where it comes from in llm_q4.bin. */
export type WeightSpec =
  | { name: string; kind: 'q4'; n: number; k: number; block: number; q: ByteRange; scales: ByteRange; f32: ByteRange }
  | { name: string; kind: 'f32'; source: ByteRange; f32: ByteRange };

export interface LlmSpec {
  hidden: number;
  layers: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  vocab: number;
  maxPositions: number;
  embed: { file: string; offset: number; dtype: 'f16' | 'f32'; shape: [vocab: number, hidden: number] };
  weights: WeightSpec[];
  f32Bytes: number;
  /** The same graphs with an adapter's matrices as inputs; null for a model that takes no adapters. */
  loraGraphs: { q4: string; f32: string } | null;
  /** Other names that adapters know this model's language model by. */
  baseModels: string[];
}

/** The language model's part of `nadir.json`. Throws MODEL_MANIFEST_INVALID. */
export function readLlm(l: JsonReader): LlmSpec {
  return {
    hidden: l.at('hidden').integer(1),
    layers: l.at('layers').integer(1),
    heads: l.at('heads').integer(1),
    kvHeads: l.at('kvHeads').integer(1),
    headDim: l.at('headDim').integer(1),
    vocab: l.at('vocab').integer(1),
    maxPositions: l.at('maxPositions').integer(1),
    embed: {
      file: l.at('embed').at('file').string(),
      offset: l.at('embed').at('offset').integer(),
      dtype: l.at('embed').at('dtype').oneOf(['f16', 'f32']),
      shape: readPair(l.at('embed').at('shape')),
    },
    weights: l.at('weights').list(readWeight),
    f32Bytes: l.at('f32Bytes').integer(4),
    loraGraphs: l
      .at('loraGraphs')
      .optional((g) => ({ q4: g.at('q4').string(), f32: g.at('f32').string() }), null as LlmSpec['loraGraphs']),
    baseModels: l.at('baseModels').optional((b) => b.list((name) => name.string()), []),
  };
}

function readWeight(w: JsonReader): WeightSpec {
  const name = w.at('name').string();
  const f32 = readRange(w.at('f32'));
  if (w.at('kind').oneOf(['q4', 'f32']) === 'f32') {
    const source = readRange(w.at('source'));
    if (source.bytes !== f32.bytes) w.at('source').at('bytes').fail(`${f32.bytes}, as many as in "f32"`);
    return { name, kind: 'f32', source, f32 };
  }
  const n = w.at('n').integer(1);
  const k = w.at('k').integer(1);
  const block = w.at('block').integer(2);
  const blocks = Math.ceil(k / block);
  const q = readRange(w.at('q'), (n * blocks * block) / 2);
  const scales = readRange(w.at('scales'), n * blocks * 4);
  if (f32.bytes !== n * k * 4)
    w.at('f32')
      .at('bytes')
      .fail(`${n * k * 4} (n·k·4)`);
  return { name, kind: 'q4', n, k, block, q, scales, f32 };
}

function readRange(r: JsonReader, bytes?: number): ByteRange {
  const file = r.at('file').present ? { file: r.at('file').string() } : {};
  const range = { ...file, offset: r.at('offset').integer(), bytes: r.at('bytes').integer() };
  if (bytes !== undefined && range.bytes !== bytes) r.at('bytes').fail(`${bytes}`);
  return range;
}
