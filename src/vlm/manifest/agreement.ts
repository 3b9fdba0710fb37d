import { type Path, wrong } from './fail.ts';
import type { LlmSpec } from './llm-manifest.ts';
import type { ManifestDocument } from './schema.ts';
import { resolveStem } from './stem.ts';

/**
 * Checks that the parts of a manifest agree, so that a mismatch gives a named error instead of a wrong answer. Throws
 * MODEL_MANIFEST_INVALID.
 */
export function checkAgreement(manifest: ManifestDocument): void {
  checkVision(manifest);
  checkLlm(manifest.llm);
  checkHeads(manifest);
  checkScenes(manifest);
  checkFiles(manifest);
}

function checkVision({ vision, bands, slicing }: ManifestDocument): void {
  const { multiplePx } = resolveStem(vision, bands.length);
  if (slicing.tile % multiplePx !== 0) {
    throw wrong(['slicing', 'tile'], slicing.tile, `a multiple of ${multiplePx}, the largest cell of "vision.stem"`);
  }
}

function checkLlm(llm: LlmSpec): void {
  const { shape } = llm.embed;
  if (shape[0] !== llm.vocab || shape[1] !== llm.hidden) {
    throw wrong(['llm', 'embed', 'shape'], shape, `[${llm.vocab}, ${llm.hidden}] (vocab, hidden)`);
  }
  for (const [i, weight] of llm.weights.entries()) {
    const at = ['llm', 'weights', i];
    const { f32 } = weight;
    const bytesAre = (part: string, found: number, expected: number, why = '') => {
      if (found !== expected) throw wrong([...at, part, 'bytes'], found, `${expected}${why}`);
    };
    if (weight.kind === 'f32') bytesAre('source', weight.source.bytes, f32.bytes, ', as many as in "f32"');
    else {
      const { n, k, block, q, scales } = weight;
      const blocks = Math.ceil(k / block);
      bytesAre('q', q.bytes, (n * blocks * block) / 2);
      bytesAre('scales', scales.bytes, n * blocks * 4);
      bytesAre('f32', f32.bytes, n * k * 4, ' (n·k·4)');
    }
    const end = f32.offset + f32.bytes;
    if (end > llm.f32Bytes) throw wrong(['llm', 'f32Bytes'], llm.f32Bytes, `at least ${end}, where a weight ends`);
  }
}

function checkHeads(manifest: ManifestDocument): void {
  const { connector, detector, density, cover, change, refiner, tokensPerSlice } = manifest;
  const { neck } = connector;
  const covers = ({ stride, grid }: { stride: number; grid: readonly number[] }, path: Path) => {
    const { tile } = manifest.slicing;
    if (grid.some((cells) => cells * stride !== tile)) {
      throw wrong(path, grid, `a grid that, times its stride, covers ${tile} pixels`);
    }
  };
  if (neck) covers(neck, ['connector', 'neck', 'grid']);
  else if (detector || density || change || refiner) {
    throw wrong(['connector', 'neck'], null, 'the feature map that detector, density, change and refiner read');
  }
  if (detector) {
    const { classes, proposals } = detector;
    covers(detector, ['detector', 'grid']);
    if (proposals.minScores.length !== classes.length) {
      throw wrong(
        ['detector', 'proposals', 'minScores'],
        proposals.minScores,
        `${classes.length} numbers, one a class`,
      );
    }
  }
  if (cover) covers(cover, ['cover', 'grid']);
  for (const [i, name] of (detector?.prompt?.classes ?? []).entries()) {
    if (!detector?.classes.some((known) => known.name === name)) {
      throw wrong(['detector', 'prompt', 'classes', i], name, 'a class of the detector');
    }
  }
  if (change) {
    covers(change, ['change', 'grid']);
    if (change.stride !== neck?.stride)
      throw wrong(['change', 'stride'], change.stride, `${neck?.stride}, that of the neck`);
    if (change.visualRows > tokensPerSlice) {
      throw wrong(['change', 'visualRows'], change.visualRows, `at most ${tokensPerSlice}`);
    }
  }
  if (refiner) {
    if (!detector) throw wrong(['detector'], null, 'the classes of the boxes that "refiner" refines');
    for (const [i, name] of refiner.classes.entries()) {
      if (!detector.classes.some((each) => each.name === name)) {
        throw wrong(['refiner', 'classes', i], name, 'the name of one of "detector.classes"');
      }
    }
    for (const [i, fit] of refiner.fits.entries()) {
      if (!refiner.classes.includes(fit.class)) {
        throw wrong(['refiner', 'fits', i, 'class'], fit.class, 'one of "refiner.classes"');
      }
    }
  }
}

/** Groups of scenes follow on, from the finest to the coarsest, and together name every label once. */
function checkScenes({ scenes }: ManifestDocument): void {
  const scales = scenes?.scales;
  if (!scenes || !scales) return;
  let next = 0;
  for (const [i, { from, to, gsd }] of scales.entries()) {
    const at = ['scenes', 'scales', i];
    if (from !== next) throw wrong([...at, 'from'], from, `${next}, where the group before it ends`);
    const most = scenes.labels.length;
    if (to <= from || to > most) throw wrong([...at, 'to'], to, `a number from ${from + 1} to ${most}`);
    const before = scales[i - 1]?.gsd[1] ?? 0;
    if (gsd[0] < before)
      throw wrong([...at, 'gsd'], gsd, `scales from ${before} m on, coarser than the group before it`);
    next = to;
  }
  if (next !== scenes.labels.length) {
    throw wrong(
      ['scenes', 'scales', scales.length - 1, 'to'],
      next,
      `${scenes.labels.length}, so that every label has a group`,
    );
  }
}

function checkFiles(manifest: ManifestDocument): void {
  const { files, vision, connector, llm, detector, change, refiner, reader } = manifest;
  const used = [
    vision.graph,
    vision.weights,
    connector.graph,
    llm.graphs.q4,
    llm.graphs.f32,
    llm.loraGraphs?.q4,
    llm.loraGraphs?.f32,
    ...llm.weightFiles,
    llm.embed.file,
    detector?.proposals.graph,
    change?.graph,
    change?.proposalGraph,
    refiner?.graph,
    reader?.settings,
    ...(reader?.graphs ?? []),
    'tokenizer.json',
  ];
  for (const path of used) {
    if (path && !files[path]) throw wrong(['files', path], undefined, 'the size and SHA-256 of this file');
  }
  const named = llm.weights.flatMap((weight) => (weight.kind === 'q4' ? [weight.q, weight.scales] : [weight.source]));
  const other = named.find(({ file }) => file !== undefined && !llm.weightFiles.includes(file))?.file;
  if (other) throw wrong(['llm', 'weightFiles'], llm.weightFiles, `"${other}" among them, which "llm.weights" names`);
}
