import * as v from 'valibot';
import { slicings } from '../../geo/slicing/slicings.ts';
import { gridEntries, integer, list, number, oneOf, pair, record, text } from './fields.ts';
import { llmSchema } from './llm-manifest.ts';

/**
 * `nadir.json` in the format nadir-model/2. All of a model's numbers come from here. Parts that the model lacks are
 * null, and tasks that need them are not offered (nadir/card.ts). Files are paths inside the folder.
 */

const band = record({
  /** `red`, `green`, `blue`, `nir`, `swir1`, `vv`, …: an image's band is found by this name. */
  name: text,
  wavelengthNm: v.nullish(number(1), null),
  /** The model was trained to work without this band; the band is then 0 after normalisation. */
  optional: v.optional(v.boolean('true or false'), false),
  /** Mean of values stretched to 0–1. */
  mean: number(),
  std: number(1e-9),
});

const label = record({ name: text, zh: v.exactOptional(text) });

const countedClass = record({
  name: text,
  plural: text,
  zh: v.exactOptional(text),
  /** Other words that the model learned for the class, in any language. */
  also: v.exactOptional(list(text)),
});

const detectedClass = record({
  ...countedClass.entries,
  /** Turns heat into a probability (nadir/calibration.ts). A slope below 0 would reverse the order. */
  calibration: v.exactOptional(record({ slope: number(0), offset: number() })),
  /** Share of real objects that get a correct box, measured on held-out tiles (training/stages/counts.py). */
  recall: v.exactOptional(
    v.pipe(
      number(0),
      v.check((share) => share > 0 && share <= 1, 'a share above 0 and up to 1'),
    ),
  ),
});

const densityClass = record({
  ...countedClass.entries,
  /** Standard deviation of (true − stated) / stated on held-out tiles. */
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
  /** Makes the prompt's rows from boxes. */
  graph: text,
  max: integer(),
  /** The least heat of a proposal, for each class. */
  minScores: list(number(0)),
  nmsIou: number(0),
  peakWindow,
});

/**
 * The probability that a drawn region holds the object that the language model names. It is a logistic regression on
 * held-out drawn regions with and without an object (training/stages/claims.py).
 */
const regionCalibration = record({
  /** Weight of the log odds of the class's largest heat in the region, minus those of the class's least heat (`minScores`). */
  heat: number(0),
  /** Weight of the best IoU between the region and a proposal of the class. */
  iou: number(0),
  /** Added if the language model names no class. */
  none: number(),
  offset: number(),
});

const detector = record({
  classes: v.pipe(list(detectedClass), v.minLength(1, 'at least one class; leave "detector" out for a model without')),
  ...gridEntries,
  proposals,
  /**
   * The proposals that a prompt has rows and pointers for: the `max` with the highest scores, of the classes that the language model has
   * words for. Without it, all.
   */
  prompt: v.exactOptional(record({ classes: list(text), max: integer() })),
  regionCalibration: v.nullish(regionCalibration, null),
  /** Standard deviation, in log odds, of box probabilities and of recall between places. */
  placeSpread: v.exactOptional(number(0)),
});

const stemLayer = record({
  name: text,
  /** The earlier layer whose output this one reads, or `pixels`. Without it, the layer before. */
  from: v.exactOptional(text),
  k: integer(1),
  stride: integer(1),
  /** Zeros above and to the left. */
  pad: integer(),
  /** Zeros below and to the right. Without it, as `pad`. */
  padAfter: v.exactOptional(integer()),
  in: integer(1),
  out: integer(1),
  /** As many as channels: one kernel a channel (depthwise). Without it, 1. */
  groups: v.exactOptional(integer(1)),
  /** `gelu_tanh`: the tanh approximation of GELU; `relu6`: held between 0 and 6; null: none. */
  act: v.nullish(oneOf(['gelu_tanh', 'relu6']), null),
  /**
   * What is added to the activated output: the layer's own input (true) or an earlier layer's output, by its name. An output on a coarser
   * grid is resized bilinearly.
   */
  residual: v.optional(v.union([v.boolean(), text], 'true, false or the name of an earlier layer'), false),
});

const vision = record({
  graph: text,
  weights: text,
  /** Empty if only the ONNX tower computes this architecture. */
  stem: v.optional(list(stemLayer), []),
  /**
   * Layers whose outputs the connector reads beside the tokens, by the name that its graph has for them (manifest/stem.ts). Without it,
   * `fine` is what the last layer reads.
   */
  taps: v.exactOptional(list(record({ name: text, layer: text }))),
  /** False if features are read before the last norm. */
  finalNorm: v.exactOptional(v.boolean('true or false')),
  width: integer(1),
  depth: integer(1),
  heads: integer(1),
  mlp: integer(1),
  eps: number(0),
  /** Tokens of a tile, [rows, columns]. */
  grid: pair,
});

/** Ground sample distances in metres, [least, most]. */
const gsdRange = v.pipe(
  v.tuple([number(0), number(0)], 'a list of two numbers'),
  v.check(([least, most]) => least > 0 && least <= most, 'two numbers above 0, the smaller one first'),
);

/** Labels `from`…`to` − 1 are the ones meant at these ground sample distances. Their probabilities sum to 1 on their own. */
const sceneScale = record({ gsd: gsdRange, from: integer(), to: integer(1) });

const scenes = record({
  labels: list(label),
  /** The scene head's logits are divided by `temperature` before they become probabilities. */
  temperature: v.optional(number(1e-3), 1),
  /** Groups of labels by scale, finest first, one after another. Without it, all labels are one group for every scale. */
  scales: v.exactOptional(v.pipe(list(sceneScale), v.minLength(1, 'at least one group of labels'))),
});

/** The land-cover head: the connector's output `cover`, one probability a label for each cell of a grid over the tile. */
const cover = record({
  labels: v.pipe(list(label), v.minLength(2, 'at least two labels; leave "cover" out for a model without')),
  ...gridEntries,
  /** What a cell's probabilities mean, for people. */
  meaning: text,
  /** Mean intersection over union on held-out tiles. */
  iou: v.exactOptional(number(0)),
  /** Ground sample distances in metres at which it was trained. */
  gsd: v.exactOptional(record({ min: number(0), max: number(0) })),
});

/** The change head: compares the connector's feature maps of two images of one place. */
const change = record({
  /** Graph that compares. */
  graph: text,
  /** Graph that makes the prompt's rows from changed places. */
  proposalGraph: text,
  max: integer(),
  minScore: number(0),
  nmsIou: number(0),
  peakWindow,
  /** How many of a tile's last visual rows (those after its patches) stand for the tile in the prompt. */
  visualRows: integer(1),
  ...gridEntries,
});

const refiner = record({
  graph: text,
  /** Side of the sampled crop and of the mask, in samples. */
  size: integer(2),
  /** The box is sampled in its own frame, enlarged by this factor. */
  grow: number(1),
  featureSize: integer(1),
  /** Names of the classes that have masks. */
  classes: list(text),
  /** The classes whose proposals are fitted to their masks, each with the least score that a fitted box needs. */
  fits: v.optional(list(record({ class: text, minScore: number(0) })), []),
  /** How often a box is fitted to its mask. Each pass uses the mask of the previous box. */
  fitPasses: v.optional(integer(1), 1),
  /** Fitted boxes of a class with at least this IoU belong to one object. */
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
  /** The tower's input channels, in order. */
  bands: v.pipe(
    list(band),
    v.minLength(1, 'at least one band'),
    v.check((bands) => new Set(bands.map(({ name }) => name)).size === bands.length, 'every band once'),
  ),
  /** Ground sample distance in metres that the model was trained for. */
  gsd: v.nullish(record({ min: number(0), max: number(0), best: number(0) }), null),
  slicing: record({
    /** How to slice a region if the user chose nothing. `auto`: as the task and the scale need it. */
    default: oneOf(['auto', ...slicings.map(({ id }) => id)]),
    /** Side of the square tile in pixels. */
    tile: integer(1),
    /** Part of a tile, 0–1, that it shares with its neighbour. */
    overlap: number(0),
    maxSlices: integer(1),
  }),
  tokensPerSlice: integer(1),
  /** How the model writes boxes: a dialect's id, and facts about the dialect that must agree (dialects/dialect.ts). */
  dialect: v.looseObject({ id: text }, 'an object'),
  vision,
  connector: record({
    graph: text,
    /**
     * The connector's feature map, which the detector, density, change and the refiner read. The dense head's grid may
     * be finer.
     */
    neck: v.nullish(record(gridEntries), null),
  }),
  llm: llmSchema,
  detector: v.nullish(detector, null),
  scenes: v.nullish(scenes, null),
  /** Labels that the model can report as present or absent. */
  presence: v.nullish(record({ labels: list(label) }), null),
  /** Defects of a picture. */
  quality: v.nullish(record({ labels: list(label) }), null),
  /** Classes counted by density, without boxes. */
  density: v.nullish(record({ classes: list(densityClass) }), null),
  cover: v.nullish(cover, null),
  change: v.nullish(change, null),
  refiner: v.nullish(refiner, null),
  /** Reads questions into plans (reader/reader.ts). This is the path of its settings, which name its graphs. */
  reader: v.nullish(
    record({
      settings: text,
      graphs: list(text),
      /** If a reading's certainty is lower, the app asks the user about it. */
      leastCertainty: number(0),
    }),
    null,
  ),
  /** Prompt templates by task. `{label}` becomes the class's plural, or its Chinese name in `zh`. */
  tasks: v.record(v.string(), record({ prompt: text, zh: v.exactOptional(text) }), 'an object'),
  stop: list(text),
  maxNewTokens: integer(1),
  score: record({
    /** The meaning of the number beside a box. */
    meaning: text,
  }),
  /** The model card's scores, for people who read the folder. The app doesn't use them. */
  scores: v.optional(list(v.unknown()), []),
  files: v.record(v.string(), file, 'an object'),
});

export type ManifestDocument = v.InferOutput<typeof manifestSchema>;
