import { NadirError } from '../../lib/errors.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { AdapterInfo } from '../types.ts';
import { type AdapterConfig, parseAdapterConfig } from './adapter-config.ts';
import { readAdapterFiles } from './adapter-files.ts';
import { type LoraWeights, readLoraWeights } from './lora-weights.ts';

export interface ReadAdapter {
  info: AdapterInfo;
  weights: LoraWeights;
}

/**
 * Reads an adapter's folder and checks it against the model. Errors: ADAPTER_INVALID, ADAPTER_UNSUPPORTED,
 * ADAPTER_WRONG_BASE.
 */
export async function readAdapter(manifest: Manifest, files: readonly File[]): Promise<ReadAdapter> {
  const found = await readAdapterFiles(files);
  const config = parseAdapterConfig(found.config);
  if (!manifest.llm.loraGraphs) {
    throw new NadirError(
      'ADAPTER_UNSUPPORTED',
      `${manifest.name} takes no adapters: its nadir.json names no "llm.loraGraphs". Export the model again with them.`,
    );
  }
  checkBase(manifest, config);
  const weights = readLoraWeights(manifest.llm, config, found.weights);
  return {
    weights,
    info: {
      name: config.name,
      partial: config.partial,
      rank: config.rank,
      alpha: config.alpha,
      targets: config.targetModules ?? [],
      parameters: weights.parameters,
      licence: config.licence,
      about: config.about,
      sizeBytes: found.sizeBytes,
      hash: found.hash,
    },
  };
}

/** An adapter only fits the weights that it was trained on. On other weights of the same shape it would be noise. */
function checkBase(manifest: Manifest, { base, name }: AdapterConfig): void {
  const last = (id: string) => id.replace(/\/+$/, '').split('/').at(-1)!.toLowerCase();
  const names = [manifest.id, ...manifest.llm.baseModels].map(last);
  const ours = `${manifest.id} ${manifest.version}`;
  const fail = (theirs: string) => {
    throw new NadirError(
      'ADAPTER_WRONG_BASE',
      `"${name}" was trained for ${theirs}, and the model here is ${ours}. Choose an adapter for this model, or train it again on this one.`,
      { details: { expected: ours, found: theirs } },
    );
  };
  if (!names.includes(last(base.id))) fail(base.id);
  const weights = manifest.files[manifest.llm.embed.file]?.sha256;
  if (base.weightsHash !== null && base.weightsHash !== weights) {
    fail(`other weights: ${base.id} ${base.version ?? '(no version)'}, ${base.weightsHash.slice(0, 12)}…`);
  }
}
