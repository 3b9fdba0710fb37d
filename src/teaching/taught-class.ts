import * as v from 'valibot';
import { NadirError } from '../lib/errors.ts';
import { floatsOf } from './float-text.ts';

/**
 * A class that a user taught by examples, and its file, `NAME.nadir-class.json`: how it is checked, read and written. The class
 * belongs to one model, because its weights are about that model's features.
 */

const FORMAT = 'nadir-class/1';
export const CLASS_FILE_ENDING = '.nadir-class.json';
/** A class takes some 30 kB. */
const MOST_BYTES = 2 << 20;
export const MOST_EXAMPLES = 200;
const LONGEST_NAME = 60;
const MOST_SOURCES = 50;
const MOST_CHANNELS = 8192;
/** Parts of a cell's description (vlm/teaching/feature-grid.ts). */
export const PARTS = 3;
/** Numbers that a box is made of beside its centre: log w, log h, sin 2θ, cos 2θ. */
export const SHAPE = 4;

const text = (most: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(most));
const finite = v.pipe(v.number(), v.finite());
const between = (least: number, most: number) => v.pipe(finite, v.minValue(least), v.maxValue(most));
const lengthPx = between(0.01, 1e6);
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_EXAMPLES));

/** In any language. */
const className = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(LONGEST_NAME, `a name of at most ${LONGEST_NAME} characters`),
  v.regex(/\p{L}/u, 'a name with a letter'),
  v.regex(/^[^\p{C}"<>]*$/u, 'a name without quotes, angle brackets and control characters'),
);

/** Finite f32 numbers as base64 text. */
const floats = v.pipe(
  v.string(),
  v.check((value) => floatsOf(value)?.every(Number.isFinite) ?? false, 'base64 of finite 32-bit floats'),
);
const holds = (value: string, length: number) => floatsOf(value)?.length === length;

const head = v.pipe(
  v.strictObject({
    /** Of the tower's features of a cell. */
    channels: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_CHANNELS)),
    /** What a cell's description covers: a square of this side, in tile pixels, and its surroundings. */
    sidePx: lengthPx,
    /** f32[PARTS · channels]: weights · description + bias is a cell's raw score. */
    weights: floats,
    bias: finite,
    /** Of a box, in tile pixels: the medians of the examples. */
    shape: v.strictObject({ w: lengthPx, h: lengthPx, thetaDeg: between(0, 180) }),
    /** f32[SHAPE, PARTS · channels + 1]: what is added to (log w, log h, sin 2θ, cos 2θ) for a description, constants last. Null: all boxes are alike. */
    reshape: v.nullable(floats),
    /** A score is 1 / (1 + exp(−slope · raw − offset)). */
    calibration: v.strictObject({ slope: between(0, 1e4), offset: between(-1e4, 1e4) }),
    /** How often an example, left out of learning, got a higher raw score than a place in the background; null below two examples. */
    separation: v.nullable(between(0, 1)),
  }),
  v.check(({ channels, weights }) => holds(weights, PARTS * channels), 'weights for each channel'),
  v.check(
    ({ channels, reshape }) => reshape === null || holds(reshape, SHAPE * (PARTS * channels + 1)),
    'a reshape matrix for each channel',
  ),
);

/** How a model recognises a taught class. */
export type TaughtHead = v.InferOutput<typeof head>;

const example = v.strictObject({
  /** Index into `sources`. */
  source: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_SOURCES - 1)),
  /** In full-resolution pixels of the source. */
  box: v.strictObject({ cx: finite, cy: finite, w: lengthPx, h: lengthPx, thetaDeg: between(0, 180) }),
  /** False: an example of what the class isn't. */
  isOne: v.boolean(),
});

const taughtClass = v.pipe(
  v.strictObject({
    format: v.literal(FORMAT),
    name: className,
    createdAt: text(40),
    /** The model that it was taught. `hash` identifies its weights. */
    model: v.strictObject({ id: text(100), name: text(100), hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{3,64}$/)) }),
    /** Side of a tile's pixel: on the ground, null for imagery of unknown scale, and in pixels of the image that it was taught on. */
    scale: v.strictObject({ metres: v.nullable(between(1e-4, 1e5)), sourcePx: between(1e-3, 1e4) }),
    head,
    /** Images that the examples came from. */
    sources: v.pipe(
      v.array(v.strictObject({ name: text(300), crs: v.nullable(text(200)) })),
      v.maxLength(MOST_SOURCES),
    ),
    examples: v.pipe(v.array(example), v.maxLength(MOST_EXAMPLES)),
    counts: v.strictObject({
      examples: count,
      counterexamples: count,
      tiles: v.pipe(v.number(), v.integer(), v.minValue(0)),
    }),
  }),
  v.check(
    ({ examples, sources }) => examples.every(({ source }) => source < sources.length),
    'examples of the sources that are listed',
  ),
);

export type TaughtClass = v.InferOutput<typeof taughtClass>;

/** A class as it was just learned. `model`: the one that learned it. */
export function taughtClassOf(
  learned: Pick<TaughtClass, 'name' | 'scale' | 'head' | 'sources' | 'examples'> & {
    model: { id: string; name: string; hash: string };
    tiles: number;
  },
): TaughtClass {
  const { name, scale, head, sources, examples, tiles } = learned;
  const { id, name: modelName, hash } = learned.model;
  const ones = examples.filter(({ isOne }) => isOne).length;
  return {
    format: FORMAT,
    name,
    createdAt: new Date().toISOString(),
    model: { id, name: modelName, hash },
    scale,
    head,
    sources,
    examples,
    counts: { examples: ones, counterexamples: examples.length - ones, tiles },
  };
}

/** Errors: CLASS_INVALID says which part is wrong, and names versions that this app doesn't read. */
export function parseTaughtClass(value: unknown): TaughtClass {
  const stated = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (stated !== FORMAT) {
    const found = typeof stated === 'string' ? `"${stated.slice(0, 40)}"` : 'nothing';
    throw invalid(`its "format" is ${found}, and this version reads "${FORMAT}"`, 'format');
  }
  const read = v.safeParse(taughtClass, value);
  if (read.success) return read.output;
  const [issue] = read.issues;
  const part = v.getDotPath(issue) ?? 'whole';
  throw invalid(`"${part}" should be ${issue.expected ?? issue.message}`, part);
}

/** Reads a class's file. Errors: CLASS_INVALID. */
export async function readTaughtClass(file: Blob): Promise<TaughtClass> {
  if (file.size > MOST_BYTES) {
    throw invalid(`it has ${file.size} bytes, and such files have at most ${MOST_BYTES}`, 'size');
  }
  let value: unknown;
  try {
    value = JSON.parse(await file.text());
  } catch (cause) {
    throw invalid('it is no JSON', 'json', cause);
  }
  return parseTaughtClass(value);
}

/** The class's file. */
export function writeTaughtClass(taught: TaughtClass): { fileName: string; blob: Blob } {
  const stem = taught.name.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '');
  const blob = new Blob([`${JSON.stringify(taught, null, 1)}\n`], { type: 'application/json' });
  return { fileName: `${stem}${CLASS_FILE_ENDING}`, blob };
}

/** A name as it is stored. Errors: CLASS_INVALID. */
export function checkClassName(name: string): string {
  const read = v.safeParse(className, name);
  if (read.success) return read.output;
  throw new NadirError(
    'CLASS_INVALID',
    `A class can't be called "${name.slice(0, 80)}": give it ${read.issues[0].message}.`,
    {
      details: { part: 'name' },
    },
  );
}

/** Tells a class from others and from itself taught again, also after export and import. */
export function keyOf({ head }: Pick<TaughtClass, 'head'>): string {
  const text = JSON.stringify([head.weights, head.bias, head.sidePx, head.shape, head.calibration]);
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i) ^ (b >>> 13), 0x85ebca6b);
  }
  return [a, b].map((hash) => (hash >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Refuses a class that was taught to another model. Errors: CLASS_WRONG_MODEL. */
export function requireSameModel(taught: TaughtClass, model: { name: string; hash: string }): void {
  if (taught.model.hash === model.hash) return;
  throw new NadirError(
    'CLASS_WRONG_MODEL',
    `The class "${taught.name}" was taught to ${taught.model.name} with weights ${taught.model.hash.slice(0, 12)}, and ${model.name} with weights ${model.hash.slice(0, 12)} is loaded. Load that model, or teach the class again.`,
    { details: { taught: taught.model.hash, loaded: model.hash } },
  );
}

function invalid(why: string, part: string, cause?: unknown): NadirError {
  return new NadirError(
    'CLASS_INVALID',
    `This isn't a class that Nadir can use: ${why}. Export it again from where it was taught.`,
    {
      details: { part },
      cause,
    },
  );
}
