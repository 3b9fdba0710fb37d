import type { Dialect } from '../dialects/dialect.ts';
import { dialects } from '../dialects/dialects.ts';
import type { Calibration, RegionCalibration } from '../nadir/calibration.ts';
import { readPair } from './json-pair.ts';
import { JsonReader } from './json-reader.ts';
import { type LlmSpec, readLlm } from './llm-manifest.ts';
import { withDenseHead } from './plain-manifest.ts';

/** `nadir.json`, typed. Everything numeric about a model comes from here; nothing of it is repeated in code. */
export interface Manifest {
  id: string;
  name: string;
  version: string;
  licence: string;
  /** Order of the tower's input channels. `wavelengthNm` is informative. */
  bands: { name: string; wavelengthNm: number | null }[];
  /** Ground sample distance in metres that the model was trained for. */
  gsd: { min: number; max: number; best: number } | null;
  slicing: { default: string; tile: number; overlap: number; maxSlices: number };
  tokensPerSlice: number;
  schema: { column: string; row: string };
  /** How the model writes boxes. */
  dialect: Dialect;
  detector: GridSpec & { classes: DetectedClass[] };
  /** The connector's feature map; the dense head may be finer. */
  neck: GridSpec;
  proposals: ProposalSpec;
  scenes: string[];
  /** Chinese names, in the same order; empty where there are none. So too below. */
  scenesZh: string[];
  /** The scene head's logits are divided by this before they become probabilities: fitted on held-out tiles; 1 where nothing was fitted. */
  sceneTemperature: number;
  presence: string[];
  presenceZh: string[];
  /** Defects that the connector's `quality` output scores, in its order; empty for a model without it. */
  quality: string[];
  qualityZh: string[];
  /** How likely a drawn region holds what is named in it; null where nothing was fitted. */
  regionCalibration: RegionCalibration | null;
  /** Classes that are counted by density, without boxes, in the order of the `density` output's channels. */
  density: ClassSpec[];
  change: ChangeSpec | null;
  /** Prompt templates by task; `{label}` is filled with a class's plural, in `zh` with its Chinese name. */
  tasks: Record<string, { prompt: string; zh?: string }>;
  stop: string[];
  maxNewTokens: number;
  refiner: RefinerSpec | null;
  scoreMeaning: string;
  vision: VisionSpec;
  llm: LlmSpec;
  files: Record<string, FileSpec>;
}

export interface ClassSpec {
  name: string;
  plural: string;
  /** Chinese name. */
  zh?: string;
  /** Other words that the model learned for it, in any language. */
  also?: string[];
}

/** A class of the dense head; with `calibration`, its scores are shown as probabilities. */
export interface DetectedClass extends ClassSpec {
  calibration?: Calibration;
}

/** Cells of `stride` × `stride` tile pixels. */
export interface GridSpec {
  stride: number;
  grid: [rows: number, cols: number];
}

/** The change head: compares the connector's feature maps of two images of one place. */
export interface ChangeSpec extends GridSpec {
  /** File of the graph that compares. */
  graph: string;
  /** File of the graph that makes prompt rows of what changed. */
  embedGraph: string;
  proposals: ProposalSpec;
  /** How many of a tile's last visual rows (those after its patches) stand for it in the prompt. */
  visualRows: number;
}

export interface FileSpec {
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
}

export interface ProposalSpec {
  max: number;
  /** Least heat of a proposal, for each class of the detector. */
  minScores: number[];
  nmsIou: number;
  peakWindow: number;
}

export interface RefinerSpec {
  /** Side of the sampled crop and of the mask, in samples. */
  size: number;
  /** The box is sampled in its own frame grown by this factor. */
  grow: number;
  featureSize: number;
  /** Names of the classes that have masks. */
  classes: string[];
  /** Those of them whose proposals are drawn around their masks, and the least score that one must have then; none by default. */
  fits: { class: string; minScore: number }[];
  /** How often a box is drawn around its mask, each time the mask of the box before. */
  fitPasses: number;
  /** Fitted boxes of a class with at least this IoU are of one object. */
  repeatIou: number;
}

export interface StemLayer {
  name: string;
  k: number;
  stride: number;
  pad: number;
  in: number;
  out: number;
  /** `gelu_tanh`: the tanh approximation of GELU; null: none. */
  act: 'gelu_tanh' | null;
  /** The layer's input is added to its activated output. */
  residual: boolean;
}

export interface VisionSpec {
  /** Side of the square tile in pixels. */
  imageSize: number;
  bands: number;
  mean: number[];
  std: number[];
  /** Empty where only the ONNX tower computes this architecture. */
  stem: StemLayer[];
  /** False where features are read before the last norm. */
  finalNorm?: boolean;
  width: number;
  depth: number;
  heads: number;
  mlp: number;
  eps: number;
  grid: [rows: number, cols: number];
}

/** Reads `nadir.json`. Throws MODEL_MANIFEST_INVALID naming the first key that is wrong. */
export function parseManifest(json: unknown): Manifest {
  const top = new JsonReader(withDenseHead(json), '');
  top.at('format').oneOf(['nadir-model/1']);
  const manifest: Manifest = {
    id: top.at('id').string(),
    name: top.at('name').string(),
    version: top.at('version').string(),
    licence: top.at('licence').string(),
    bands: top.at('bands').list((b) => ({
      name: b.at('name').string(),
      wavelengthNm: b.at('wavelengthNm').optional((w) => w.number(1), null),
    })),
    gsd: top
      .at('gsd')
      .optional(
        (g) => ({ min: g.at('min').number(0), max: g.at('max').number(0), best: g.at('best').number(0) }),
        null as Manifest['gsd'],
      ),
    slicing: readSlicing(top.at('slicing')),
    tokensPerSlice: top.at('tokensPerSlice').integer(1),
    schema: top.at('schema').optional((s) => ({ column: s.at('column').string(), row: s.at('row').string() }), {
      column: ',',
      row: '\n',
    }),
    dialect: readDialect(top.at('dialect')),
    detector: { classes: top.at('detector').at('classes').list(readDetected), ...readGrid(top.at('detector')) },
    neck: readNeck(top),
    proposals: readProposals(top.at('proposals'), top.at('detector').at('classes').list(readClass).length),
    ...readLabels(top),
    sceneTemperature: top.at('sceneCalibration').optional((s) => s.at('temperature').number(1e-3), 1),
    regionCalibration: top.at('regionCalibration').optional(readRegion, null as Manifest['regionCalibration']),
    density: top.at('density').optional((d) => d.list(readClass), []),
    change: top.at('change').optional(readChange, null as Manifest['change']),
    tasks: top.at('tasks').record((t) => ({ prompt: t.at('prompt').string(), ...readChinese(t) })),
    stop: top.at('stop').list((s) => s.string()),
    maxNewTokens: top.at('maxNewTokens').integer(1),
    refiner: top.at('refiner').optional(readRefiner, null as Manifest['refiner']),
    scoreMeaning: top.at('score').at('meaning').string(),
    vision: readVision(top.at('vision')),
    llm: readLlm(top.at('llm')),
    files: top.at('files').record(readFile),
  };
  checkAgreement(manifest, top);
  return manifest;
}

function readSlicing(s: JsonReader): Manifest['slicing'] {
  return {
    default: s.at('default').string(),
    tile: s.at('tile').integer(1),
    overlap: s.at('overlap').number(0),
    maxSlices: s.at('maxSlices').integer(1),
  };
}

function readDialect(d: JsonReader): Dialect {
  const id = d.at('id').oneOf(dialects.map((dialect) => dialect.id));
  const dialect = dialects.find((each) => each.id === id)!;
  for (const [path, value] of Object.entries(dialect.facts)) {
    const stated = path.split('.').reduce((at, key) => at.at(key), d);
    if (stated.value !== value) stated.fail(JSON.stringify(value));
  }
  return dialect;
}

/** Label lists of the image-wide heads, each with Chinese names where there are as many. */
function readLabels(
  top: JsonReader,
): Pick<Manifest, 'scenes' | 'scenesZh' | 'presence' | 'presenceZh' | 'quality' | 'qualityZh'> {
  const names = (key: string) => top.at(key).list((s) => s.string());
  const scenes = names('scenes');
  const presence = names('presence');
  const quality = top.at('quality').present ? names('quality') : [];
  const chinese = (key: string, count: number) =>
    top.at(key).optional((zh) => zh.list((s) => s.string(), count), [] as string[]);
  return {
    scenes,
    scenesZh: chinese('scenesZh', scenes.length),
    presence,
    presenceZh: chinese('presenceZh', presence.length),
    quality,
    qualityZh: chinese('qualityZh', quality.length),
  };
}

function readRegion(r: JsonReader): RegionCalibration {
  const [heat, iou] = [r.at('heat').number(0), r.at('iou').number(0)];
  return { heat, iou, none: r.at('none').number(), offset: r.at('offset').number() };
}

function readClass(c: JsonReader): ClassSpec {
  const also = c.at('also').optional((words) => words.list((w) => w.string()), [] as string[]);
  return {
    name: c.at('name').string(),
    plural: c.at('plural').string(),
    ...readChinese(c),
    ...(also.length > 0 && { also }),
  };
}

/** A slope below 0 would turn the order round. */
function readDetected(c: JsonReader): DetectedClass {
  const fitted = c.at('calibration');
  if (!fitted.present) return readClass(c);
  return {
    ...readClass(c),
    calibration: { slope: fitted.at('slope').number(0), offset: fitted.at('offset').number() },
  };
}

function readChinese(item: JsonReader): { zh?: string } {
  const zh = item.at('zh');
  return zh.present ? { zh: zh.string() } : {};
}

function readGrid(g: JsonReader): GridSpec {
  return { stride: g.at('stride').integer(1), grid: readPair(g.at('grid')) };
}

/** Models before 0.2 have one grid for everything. */
function readNeck(top: JsonReader): GridSpec {
  const own = top.at('connector').optional((c) => (c.at('neckStride').present ? c : null), null);
  if (!own) return readGrid(top.at('detector'));
  return { stride: own.at('neckStride').integer(1), grid: readPair(own.at('neckGrid')) };
}

function readChange(c: JsonReader): ChangeSpec {
  return {
    graph: c.at('graph').string(),
    embedGraph: c.at('proposals').optional((g) => g.string(), 'onnx/change_proposals.onnx'),
    proposals: readProposals(c, 1),
    visualRows: c.at('visualRows').optional((v) => v.integer(1), 5),
    ...readGrid(c),
  };
}

/** `minScore` is one number for all classes, or a list with one for each. */
function readProposals(p: JsonReader, classes: number): ProposalSpec {
  const peakWindow = p.at('peakWindow').optional((w) => w.integer(1), 3);
  if (peakWindow % 2 === 0) p.at('peakWindow').fail('an odd integer');
  const least = p.at('minScore');
  const minScores = Array.isArray(least.value)
    ? least.list((m) => m.number(0), classes)
    : new Array<number>(classes).fill(least.number(0));
  return {
    max: p.at('max').integer(0),
    minScores,
    nmsIou: p.at('nmsIou').number(0),
    peakWindow,
  };
}

function readRefiner(r: JsonReader): RefinerSpec {
  const classes = r.at('classes').list((c) => c.string());
  return {
    size: r.at('size').integer(2),
    grow: r.at('grow').number(1),
    featureSize: r.at('featureSize').integer(1),
    classes,
    fits: r.at('fits').optional((f) => f.list((c) => readFit(c, classes)), []),
    fitPasses: r.at('fitPasses').optional((n) => n.integer(1), 1),
    repeatIou: r.at('repeatIou').optional((n) => n.number(0), 0.5),
  };
}

/** Models before 0.4 name the class alone. */
function readFit(fit: JsonReader, classes: string[]): RefinerSpec['fits'][number] {
  if (typeof fit.value === 'string') return { class: fit.oneOf(classes), minScore: 0 };
  return { class: fit.at('class').oneOf(classes), minScore: fit.at('minScore').number(0) };
}

function readVision(v: JsonReader): VisionSpec {
  const count = v.at('bands').list((b) => b.string()).length;
  return {
    imageSize: v.at('image_size').integer(16),
    bands: count,
    mean: v.at('mean').list((m) => m.number(), count),
    std: v.at('std').list((s) => s.number(1e-9), count),
    stem: v.at('stem').list<StemLayer>((s) => ({
      name: s.at('name').string(),
      k: s.at('k').integer(1),
      stride: s.at('stride').integer(1),
      pad: s.at('pad').integer(0),
      in: s.at('in').integer(1),
      out: s.at('out').integer(1),
      act: s.at('act').optional((a) => a.oneOf(['gelu_tanh'] as const), null as StemLayer['act']),
      residual: s.at('residual').value === true,
    })),
    ...(v.at('finalNorm').value === false ? { finalNorm: false } : {}),
    width: v.at('width').integer(1),
    depth: v.at('depth').integer(1),
    heads: v.at('heads').integer(1),
    mlp: v.at('mlp').integer(1),
    eps: v.at('eps').number(0),
    grid: readPair(v.at('grid')),
  };
}

function readFile(f: JsonReader): FileSpec {
  const sha256 = f.at('sha256').string();
  if (!/^[0-9a-f]{64}$/.test(sha256)) f.at('sha256').fail('64 lower-case hexadecimal digits');
  return { bytes: f.at('bytes').integer(0), sha256 };
}

/** Sizes that must agree between slots, so that a mismatch is told by name and not by a wrong answer. */
function checkAgreement(m: Manifest, top: JsonReader): void {
  if (m.llm.embed.shape[0] !== m.llm.vocab || m.llm.embed.shape[1] !== m.llm.hidden) {
    top.at('llm').at('embed').at('shape').fail(`[${m.llm.vocab}, ${m.llm.hidden}] (vocab, hidden)`);
  }
  for (const { f32 } of m.llm.weights) {
    if (f32.offset + f32.bytes > m.llm.f32Bytes) {
      top
        .at('llm')
        .at('f32Bytes')
        .fail(`at least ${f32.offset + f32.bytes}, where the last weight ends`);
    }
  }
  if (m.bands.length !== m.vision.bands) top.at('bands').fail(`${m.vision.bands} bands, as in "vision.bands"`);
  if (m.slicing.tile !== m.vision.imageSize) top.at('slicing').at('tile').fail(`${m.vision.imageSize}`);
  checkGrid(m, m.detector, top.at('detector').at('grid'));
  if (m.neck.stride !== m.detector.stride) checkGrid(m, m.neck, top.at('connector').at('neckGrid'));
  if (m.change) {
    checkGrid(m, m.change, top.at('change').at('grid'));
    if (m.change.stride !== m.neck.stride) top.at('change').at('stride').fail(`${m.neck.stride}, that of the neck`);
    if (m.change.visualRows > m.tokensPerSlice) top.at('change').at('visualRows').fail(`at most ${m.tokensPerSlice}`);
    for (const file of [m.change.graph, m.change.embedGraph]) {
      if (!m.files[file]) top.at('files').at(file).fail('the size and SHA-256 of this file');
    }
  }
  const needed = ['vision.onnx', 'vision.safetensors', 'connector.onnx', 'llm_q4.onnx', 'llm_q4.bin'];
  if (m.detector.classes.length > 0) needed.push('proposals.onnx');
  for (const file of needed.map((f) => `onnx/${f}`).concat('tokenizer.json')) {
    if (!m.files[file]) top.at('files').at(file).fail('the size and SHA-256 of this file');
  }
  if (m.refiner && !m.files['onnx/refiner.onnx']) top.at('files').at('onnx/refiner.onnx').fail('the refiner graph');
  for (const [kind, file] of Object.entries(m.llm.loraGraphs ?? {})) {
    if (!m.files[file]) top.at('llm').at('loraGraphs').at(kind).fail('a file listed under "files"');
  }
  if (!m.files[m.llm.embed.file]) top.at('llm').at('embed').at('file').fail('a file listed under "files"');
}

function checkGrid({ slicing }: Manifest, { stride, grid }: GridSpec, at: JsonReader): void {
  const covers = grid.every((cells) => cells * stride === slicing.tile);
  if (!covers) at.fail(`a grid that, times its stride, covers ${slicing.tile} pixels`);
}
