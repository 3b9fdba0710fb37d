import { wrong } from './fail.ts';

type Json = Record<string, unknown>;

/**
 * Converts any readable `nadir.json` to the newest format without checking it. nadir-model/1 becomes nadir-model/2;
 * anything else is returned unchanged. Errors: MODEL_MANIFEST_INVALID if parts of nadir-model/1 contradict each other
 * about a fact that nadir-model/2 states only once.
 */
export function upgradeManifest(json: unknown): unknown {
  return isRecord(json) && json.format === 'nadir-model/1' ? fromVersion1(json) : json;
}

/**
 * Moves the parts of nadir-model/1 that were used to their new places. Files had fixed names, whatever the manifest
 * said. `slicing.default` was never used: every model was cut as the task and the scale need it, which is now `auto`.
 */
function fromVersion1(old: Json): Json {
  const files = record(old.files);
  const [slicing, vision, llm] = [record(old.slicing), record(old.vision), record(old.llm)];
  const detector = isRecord(old.detector) && !isEmpty(old.detector.classes) ? old.detector : null;
  if (vision.image_size !== slicing.tile) throw wrong(['slicing', 'tile'], slicing.tile, `${vision.image_size}`);
  return {
    format: 'nadir-model/2',
    ...only(old, ['id', 'name', 'version', 'licence']),
    bands: bandsOf(old),
    ...only(old, ['gsd']),
    slicing: { default: 'auto', ...only(slicing, ['tile', 'overlap', 'maxSlices']) },
    ...only(old, ['tokensPerSlice']),
    dialect: dialectOf(old.dialect),
    vision: {
      graph: 'onnx/vision.onnx',
      weights: 'onnx/vision.safetensors',
      ...only(vision, ['stem', 'finalNorm', 'width', 'depth', 'heads', 'mlp', 'eps', 'grid']),
    },
    connector: { graph: 'onnx/connector.onnx', neck: neckOf(old, detector) },
    llm: {
      graphs: { q4: 'onnx/llm_q4.onnx', f32: files['onnx/llm_f32.onnx'] ? 'onnx/llm_f32.onnx' : null },
      weightFiles: ['onnx/llm_q4.bin', ...Object.keys(files).filter((path) => /^onnx\/llm_q4\.\d+\.bin$/.test(path))],
      ...only(llm, ['loraGraphs', 'hidden', 'layers', 'heads', 'kvHeads', 'headDim', 'vocab', 'maxPositions']),
      ...only(llm, ['embed', 'weights', 'f32Bytes', 'baseModels']),
    },
    detector: detector && detectorOf(old, detector),
    scenes: isEmpty(old.scenes)
      ? null
      : { labels: labelsOf(old, 'scenes'), ...only(record(old.sceneCalibration), ['temperature']) },
    presence: isEmpty(old.presence) ? null : { labels: labelsOf(old, 'presence') },
    quality: isEmpty(old.quality) ? null : { labels: labelsOf(old, 'quality') },
    density: isEmpty(old.density) ? null : { classes: old.density },
    change: isRecord(old.change) ? changeOf(old.change) : old.change,
    refiner: isRecord(old.refiner) ? refinerOf(old.refiner) : old.refiner,
    ...only(old, ['tasks', 'stop', 'maxNewTokens']),
    score: isRecord(old.score) ? only(old.score, ['meaning']) : old.score,
    ...only(old, ['scores', 'files']),
  };
}

/** Joins the old list of bands with the separate list of statistics. */
function bandsOf({ bands, vision }: Json): unknown {
  const { bands: names, mean, std } = record(vision);
  if (!Array.isArray(bands)) return bands;
  for (const [key, values] of Object.entries({ bands: names, mean, std })) {
    if (!Array.isArray(values) || values.length !== bands.length) {
      throw wrong(['vision', key], values, `a list of ${bands.length}, one a band`);
    }
  }
  const [means, stds] = [mean as unknown[], std as unknown[]];
  return bands.map((band: unknown, i) =>
    isRecord(band)
      ? {
          ...only(band, ['name', 'wavelengthNm']),
          // Near infrared was the only band that could be missing, whatever the manifest said.
          optional: band.name === 'nir',
          mean: means[i],
          std: stds[i],
        }
      : band,
  );
}

/** Drops `keys`, `angle.range` and `empty`, which nothing read. */
function dialectOf(dialect: unknown): unknown {
  if (!isRecord(dialect)) return dialect;
  const { keys: _, empty: __, angle, ...facts } = dialect;
  return { ...facts, ...(isRecord(angle) ? { angle: only(angle, ['unit', 'direction']) } : {}) };
}

/** Models before 0.2 have one grid for everything. Converted models have none. */
function neckOf({ connector }: Json, detector: Json | null): unknown {
  const { neckStride, neckGrid } = record(connector);
  if (neckStride !== undefined) return { stride: neckStride, grid: neckGrid };
  return detector && only(detector, ['stride', 'grid']);
}

function detectorOf({ proposals: stated, regionCalibration }: Json, detector: Json): Json {
  const proposals = record(stated);
  const { minScore } = proposals;
  const classes = Array.isArray(detector.classes) ? detector.classes.length : 0;
  return {
    ...only(detector, ['classes', 'stride', 'grid']),
    proposals: {
      graph: 'onnx/proposals.onnx',
      ...only(proposals, ['max', 'nmsIou', 'peakWindow']),
      // One number for all classes, or a list.
      minScores: typeof minScore === 'number' ? new Array(classes).fill(minScore) : minScore,
    },
    regionCalibration: regionCalibration ?? null,
  };
}

function changeOf(change: Json): Json {
  return {
    visualRows: 5,
    proposalGraph: change.proposals ?? 'onnx/change_proposals.onnx',
    ...only(change, ['graph', 'max', 'minScore', 'nmsIou', 'peakWindow', 'visualRows', 'stride', 'grid']),
  };
}

/** Models before 0.4 name the classes whose boxes are fitted, but give no least score. */
function refinerOf(refiner: Json): Json {
  const { fits } = refiner;
  return {
    ...only(refiner, ['size', 'grow', 'featureSize', 'classes', 'fitPasses', 'repeatIou']),
    graph: 'onnx/refiner.onnx',
    ...(fits === undefined ? {} : { fits: Array.isArray(fits) ? fits.map(fitOf) : fits }),
  };
}

const fitOf = (fit: unknown) => (typeof fit === 'string' ? { class: fit, minScore: 0 } : fit);

/** Chinese names were in a separate list: `scenesZh` beside `scenes`. */
function labelsOf(old: Json, key: string): unknown {
  const names = old[key];
  const zh = old[`${key}Zh`];
  if (!Array.isArray(names)) return names;
  if (zh == null) return names.map((name: unknown) => ({ name }));
  if (!Array.isArray(zh) || zh.length !== names.length) throw wrong([`${key}Zh`], zh, `a list of ${names.length}`);
  return names.map((name: unknown, i) => ({ name, zh: zh[i] as unknown }));
}

/** The given keys, except those that are missing or null, which meant the same. */
function only(object: Json, keys: readonly string[]): Json {
  return Object.fromEntries(keys.flatMap((key) => (object[key] == null ? [] : [[key, object[key]]])));
}

const isEmpty = (value: unknown) => value == null || (Array.isArray(value) && value.length === 0);

const record = (value: unknown): Json => (isRecord(value) ? value : {});

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
