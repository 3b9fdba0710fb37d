import { allTasks } from '../../tasks/table.ts';
import type { ModelFiles } from '../files/model-files.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { InputSpec, Join, ModelCard } from '../types.ts';

/** How the embedded family's numbers are joined over slices. Scores of heads are means. */
const JOINS: Readonly<Record<string, Join>> = { stated: 'sum', malformed: 'sum', changed: 'max' };

/** What the manifest says of the model. */
export function cardOf(files: Pick<ModelFiles, 'manifest' | 'manifestHash' | 'totalBytes'>): ModelCard {
  const { manifest } = files;
  // A prompt without the graphs that answer it is no task.
  const known = allTasks().flatMap(({ id, needs }) =>
    manifest.tasks[id] && !(needs.before && manifest.change === null) ? [id] : [],
  );
  return {
    id: manifest.id,
    name: manifest.name,
    version: manifest.version,
    licence: manifest.licence,
    hash: files.manifestHash,
    sizeBytes: files.totalBytes,
    classes: manifest.detector.classes.map(({ calibration: _, ...named }) => named),
    densities: manifest.density,
    scenes: manifest.scenes,
    ...(manifest.scenesZh.length > 0 && { scenesZh: manifest.scenesZh }),
    presence: manifest.presence,
    ...(manifest.presenceZh.length > 0 && { presenceZh: manifest.presenceZh }),
    ...(manifest.qualityZh.length > 0 && { quality: manifest.quality, qualityZh: manifest.qualityZh }),
    tasks: Object.fromEntries(known.map((id) => [id, manifest.tasks[id]!.prompt])),
    tasksZh: Object.fromEntries(known.flatMap((id) => (manifest.tasks[id]!.zh ? [[id, manifest.tasks[id]!.zh]] : []))),
    scoreMeaning: manifest.scoreMeaning,
    joins: JOINS,
    hasRefiner: manifest.refiner !== null,
  };
}

/** What the manifest says of the model's input. */
export function inputOf({ slicing, bands, gsd }: Pick<Manifest, 'slicing' | 'bands' | 'gsd'>): InputSpec {
  return {
    tileSize: slicing.tile,
    tileOverlap: slicing.overlap,
    maxSlices: slicing.maxSlices,
    bands: bands.map(({ name }) => name),
    gsdMetres: gsd,
  };
}
