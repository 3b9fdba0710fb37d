import * as v from 'valibot';
import { integer, list, oneOf, pair, record, text } from './fields.ts';

const range = record({
  /** One of `llm.weightFiles`. Without it, the first of them. */
  file: v.exactOptional(text),
  offset: integer(),
  bytes: integer(),
});

const weight = v.variant(
  'kind',
  [
    record({
      name: text,
      kind: v.literal('q4'),
      n: integer(1),
      k: integer(1),
      block: integer(2),
      q: range,
      scales: range,
      f32: range,
    }),
    record({ name: text, kind: v.literal('f32'), source: range, f32: range }),
  ],
  'a weight of kind "q4" or "f32"',
);

/** The language model's part of `nadir.json`. */
export const llmSchema = record({
  graphs: record({
    /** Graph that uses the 4-bit weights. */
    q4: text,
    /** Graph that uses the same weights, dequantised, for WebAssembly. Null if they would be too large. */
    f32: v.nullish(text, null),
  }),
  /** The same graphs, with an adapter's matrices as extra inputs. Null for a model that takes no adapters. */
  loraGraphs: v.nullish(record({ q4: text, f32: text }), null),
  /** Weight files of the 4-bit graphs. The graphs name them by their paths relative to the graph. */
  weightFiles: v.pipe(list(text), v.minLength(1, 'at least one file')),
  hidden: integer(1),
  layers: integer(1),
  heads: integer(1),
  kvHeads: integer(1),
  headDim: integer(1),
  vocab: integer(1),
  maxPositions: integer(1),
  /** The token embedding; `shape` is [vocab, hidden]. */
  embed: record({ file: text, offset: integer(), dtype: oneOf(['f16', 'f32']), shape: pair }),
  /** Every tensor of the dequantised weights, and its source. */
  weights: list(weight),
  /** Size of the dequantised weights. */
  f32Bytes: integer(4),
  /** Other names that adapters use for this language model. */
  baseModels: v.optional(list(text), []),
});

export type LlmSpec = v.InferOutput<typeof llmSchema>;
export type WeightSpec = v.InferOutput<typeof weight>;
export type ByteRange = v.InferOutput<typeof range>;
