import * as v from 'valibot';
import { slicings } from '../../geo/slicing/slicings.ts';
import { gridEntries, integer, list, number, oneOf, pair, record, text } from './fields.ts';
import { llmSchema } from './llm-manifest.ts';

/**
 * `nadir.json` in the format nadir-model/2. Everything numeric about a model comes from here. The parts that a model may
 * lack are null without them, and tasks that need them are not offered (nadir/card.ts). Files are paths inside the folder.
 */

const band = record({
  /** `red`, `green`, `blue`, `nir`, `swir1`, `vv`, …: how the band is found in an image. */
  name: text,
  wavelengthNm: v.nullish(number(1), null),
  /** The model was trained to do without: the band is then 0 after normalisation. */
  optional: v.optional(v.boolean('true or false'), false),
  /** Of values stretched to 0–1. */
  mean: number(),
  std: number(1e-9),
});

const label = record({ name: text, zh: v.exactOptional(text) });

const countedClass = record({
  name: text,
  plural: text,
  zh: v.exactOptional(text),
  /** Other words that the model learned for it, in any language. */
  also: v.exactOptional(list(text)),
});

const detectedClass = record({
  ...countedClass.entries,
  /** Turns heat into a probability (nadir/calibration.ts). A slope below 0 would reverse the order. */
  calibration: v.exactOptional(record({ slope: number(0), offset: number() })),
  /** Share of real objects that get a right box, measured on held-out tiles (training/stages/counts.py). */
  recall: v.exactOptional(
    v.pipe(
      number(0),
      v.check((share) => share > 0 && share <= 1, 'a share above 0 and up to 1'),
    ),
  ),
});

const densityClass = record({
  ...countedClass.entries,
  /** Standard deviation of (true − said) / said on held-out tiles. */
  relativeError: v.exactOptional(number(0)),
});

const peakWindow = v.optional(
  v.pipe(
    integer(1),
    v.check((n) => n % 2 === 1, 'an odd integer'),
  ),
  3,
);

const proposals = record({
  /** Turns boxes into the prompt's rows. */
  graph: text,
  max: integer(),
  /** Least heat of a proposal, for each class. */
  minScores: list(number(0)),
  nmsIou: number(0),
  peakWindow,
});

/**
 * How likely a drawn region holds the object that the language model names in it: logistic regression on held-out drawn
 * regions, with and without an object (training/stages/claims.py).
 */
const regionCalibration = record({
  /** Weight of the log odds of the largest heat of the class in the region, less those of its least heat. */
  heat: number(0),
  /** Weight of the best IoU of the region with a proposal of the class. */
  iou: number(0),
  /** Added where the language model names none. */
  none: number(),
  offset: number(),
});

const detector = record({
  classes: v.pipe(list(detectedClass), v.minLength(1, 'at least one class; leave "detector" out for a model without')),
  ...gridEntries,
  proposals,
  regionCalibration: v.nullish(regionCalibration, null),
  /** Standard deviation, in log odds, by which probabilities of boxes, and recall, differ from place to place. */
  placeSpread: v.exactOptional(number(0)),
});

const stemLayer = record({
  name: text,
  k: integer(1),
  stride: integer(1),
  pad: integer(),
  in: integer(1),
  out: integer(1),
  /** `gelu_tanh`: the tanh approximation of GELU; null: none. */
  act: v.nullish(oneOf(['gelu_tanh']), null),
  /** The layer's input is added to its activated output. */
  residual: v.optional(v.boolean('true or false'), false),
});

const vision = record({
  graph: text,
  weights: text,
  /** Empty where only the ONNX tower computes this architecture. */
  stem: v.optional(list(stemLayer), []),
  /** False where features are read before the last norm. */
  finalNorm: v.exactOptional(v.boolean('true or false')),
  width: integer(1),
  depth: integer(1),
  heads: integer(1),
  mlp: integer(1),
  eps: number(0),
  /** Tokens of a tile, [rows, columns]. */
  grid: pair,
});

/** The change head: compares the connector's feature maps of two images of one place. */
const change = record({
  /** Compares. */
  graph: text,
  /** Turns changed places into the prompt's rows. */
  proposalGraph: text,
  max: integer(),
  minScore: number(0),
  nmsIou: number(0),
  peakWindow,
  /** How many of a tile's last visual rows (those after its patches) stand for it in the prompt. */
  visualRows: integer(1),
  ...gridEntries,
});

const refiner = record({
  graph: text,
  /** Side of the sampled crop and of the mask, in samples. */
  size: integer(2),
  /** The box is sampled in its own frame grown by this factor. */
  grow: number(1),
  featureSize: integer(1),
  /** Names of the classes that have masks. */
  classes: list(text),
  /** Those of them whose proposals are drawn around their masks, and the least score that one must have then. */
  fits: v.optional(list(record({ class: text, minScore: number(0) })), []),
  /** How often a box is drawn around its mask, each time the mask of the box before. */
  fitPasses: v.optional(integer(1), 1),
  /** Fitted boxes of a class with at least this IoU are of one object. */
  repeatIou: v.optional(number(0), 0.5),
});

const file = record({
  bytes: integer(),
  /** Lower-case hex. */
  sha256: v.pipe(
    v.string('64 lower-case hexadecimal digits'),
    v.regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits'),
  ),
});

export const manifestSchema = record({
  format: oneOf(['nadir-model/2']),
  id: text,
  name: text,
  version: text,
  licence: text,
  /** The tower's input channels, in their order. */
  bands: v.pipe(
    list(band),
    v.minLength(1, 'at least one band'),
    v.check((bands) => new Set(bands.map(({ name }) => name)).size === bands.length, 'every band once'),
  ),
  /** Ground sample distance in metres that the model was trained for. */
  gsd: v.nullish(record({ min: number(0), max: number(0), best: number(0) }), null),
  slicing: record({
    /** How a region is cut where the user chose nothing; `auto`: as the task and the scale need it. */
    default: oneOf(['auto', ...slicings.map(({ id }) => id)]),
    /** Side of the square tile in pixels. */
    tile: integer(1),
    /** Part of a tile that neighbours share, 0–1. */
    overlap: number(0),
    maxSlices: integer(1),
  }),
  tokensPerSlice: integer(1),
  /** How the model writes boxes: the id of a dialect, and facts about it that must agree (dialects/dialect.ts). */
  dialect: v.looseObject({ id: text }, 'an object'),
  vision,
  connector: record({
    graph: text,
    /** Its feature map, which the detector, density, change and the refiner read; the dense head may be finer. */
    neck: v.nullish(record(gridEntries), null),
  }),
  llm: llmSchema,
  detector: v.nullish(detector, null),
  /** The scene head's logits are divided by `temperature` before they become probabilities. */
  scenes: v.nullish(record({ labels: list(label), temperature: v.optional(number(1e-3), 1) }), null),
  /** What the model can say to be there or not. */
  presence: v.nullish(record({ labels: list(label) }), null),
  /** Defects of a picture. */
  quality: v.nullish(record({ labels: list(label) }), null),
  /** Classes that are counted by density, without boxes. */
  density: v.nullish(record({ classes: list(densityClass) }), null),
  change: v.nullish(change, null),
  refiner: v.nullish(refiner, null),
  /** Reads questions into plans (reader/reader.ts): the path of its settings, which name its graphs. */
  reader: v.nullish(
    record({
      settings: text,
      graphs: list(text),
      /** A reading that is less certain is asked back. */
      leastCertainty: number(0),
    }),
    null,
  ),
  /** Prompt templates by task; `{label}` is filled with a class's plural, in `zh` with its Chinese name. */
  tasks: v.record(v.string(), record({ prompt: text, zh: v.exactOptional(text) }), 'an object'),
  stop: list(text),
  maxNewTokens: integer(1),
  score: record({
    /** What the number beside a box says. */
    meaning: text,
  }),
  /** What the model card states, for readers of the folder; the app makes no use of it. */
  scores: v.optional(list(v.unknown()), []),
  files: v.record(v.string(), file, 'an object'),
});

export type ManifestDocument = v.InferOutput<typeof manifestSchema>;
