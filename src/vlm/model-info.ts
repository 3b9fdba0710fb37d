import { allTasks } from '../tasks/table.ts';
import type { ModelFiles } from './files/model-files.ts';
import type { Join, ModelInfo } from './types.ts';

/** How the embedded family's numbers are joined over slices. Scores of heads are means. */
const JOINS: Readonly<Record<string, Join>> = { stated: 'sum', malformed: 'sum', changed: 'max' };

/** What the page is told about a model. */
export function modelInfo(files: Pick<ModelFiles, 'manifest' | 'manifestHash' | 'totalBytes'>): ModelInfo {
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
    tileSize: manifest.slicing.tile,
    tileOverlap: manifest.slicing.overlap,
    maxSlices: manifest.slicing.maxSlices,
    bands: manifest.bands.map((b) => b.name),
    gsdMetres: manifest.gsd,
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
