import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NadirError } from '../../src/lib/errors.ts';
import { upgradeManifest } from '../../src/vlm/manifest/upgrade.ts';
import type { ModelAbilities } from './sets/set.ts';

/** The part of a model folder that evaluation reads; the app checks the rest on loading. */
export interface ModelFolder {
  id: string;
  version: string;
  /** SHA-256 of nadir.json, hex; nadir.json contains the hash of every other file. */
  hash: string;
  abilities: Omit<ModelAbilities, 'canLook'>;
}

/** Of nadir-model/2. */
interface ManifestPart {
  id: string;
  version: string;
  tasks?: Record<string, unknown>;
  detector?: { classes: { name: string }[] } | null;
  density?: { classes: { name: string }[] } | null;
  presence?: { labels: { name: string }[] } | null;
  cover?: unknown;
  refiner?: unknown;
}

/** Errors: MODEL_FILE_MISSING without nadir.json; MODEL_MANIFEST_INVALID if it isn't JSON, or can't be upgraded. */
export function readModelFolder(folder: string): ModelFolder {
  const path = join(folder, 'nadir.json');
  if (!existsSync(path)) {
    throw new NadirError(
      'MODEL_FILE_MISSING',
      `${folder} has no nadir.json, so it isn’t a model folder. Give another one with --model.`,
    );
  }
  const bytes = readFileSync(path);
  let manifest: ManifestPart;
  try {
    manifest = upgradeManifest(JSON.parse(bytes.toString('utf8'))) as ManifestPart;
  } catch (cause) {
    if (cause instanceof NadirError) throw cause;
    throw new NadirError('MODEL_MANIFEST_INVALID', `${path} is not JSON. Restore the model folder.`, { cause });
  }
  return {
    id: manifest.id,
    version: manifest.version,
    hash: createHash('sha256').update(bytes).digest('hex'),
    abilities: {
      tasks: Object.keys(manifest.tasks ?? {}),
      classes: (manifest.detector?.classes ?? []).map(({ name }) => name),
      counted: (manifest.density?.classes ?? []).map(({ name }) => name),
      presence: (manifest.presence?.labels ?? []).map(({ name }) => name),
      hasCover: manifest.cover !== undefined && manifest.cover !== null,
      hasRefiner: manifest.refiner !== undefined && manifest.refiner !== null,
    },
  };
}
