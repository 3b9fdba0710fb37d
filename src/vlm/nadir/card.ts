import { allTasks, taskOf } from '../../tasks/table.ts';
import type { Task } from '../../tasks/task.ts';
import type { ModelFiles } from '../files/model-files.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { CoverSpec, InputSpec, Join, ModelCard } from '../types.ts';

/** How the embedded family's numbers are joined over slices. Scores of heads are averaged. */
const JOINS: Readonly<Record<string, Join>> = { stated: 'sum', malformed: 'sum', changed: 'max' };

/** The manifest's description of the model. */
export function cardOf(files: Pick<ModelFiles, 'manifest' | 'manifestHash' | 'totalBytes'>): ModelCard {
  const { manifest } = files;
  const known = allTasks().flatMap((task) => (canAnswer(manifest, task) ? [task.id] : []));
  return {
    id: manifest.id,
    name: manifest.name,
    version: manifest.version,
    licence: manifest.licence,
    hash: files.manifestHash,
    sizeBytes: files.totalBytes,
    classes: manifest.detector?.classes.map(({ calibration: _, ...named }) => named) ?? [],
    densities: manifest.density?.classes ?? [],
    ...(manifest.detector?.placeSpread !== undefined && { placeSpread: manifest.detector.placeSpread }),
    scenes: english(manifest.scenes),
    ...(manifest.scenes?.scales && { sceneScales: scaledScenes(manifest.scenes) }),
    scenesZh: chinese(manifest.scenes),
    presence: english(manifest.presence),
    presenceZh: chinese(manifest.presence),
    quality: english(manifest.quality),
    qualityZh: chinese(manifest.quality),
    cover: coverOf(manifest),
    tasks: known,
    languages: known.every((id) => manifest.tasks[id]?.zh ?? taskOf(id).about) ? ['en', 'zh'] : ['en'],
    scoreMeaning: manifest.score.meaning,
    looks: manifest.detector !== null,
    joins: JOINS,
    hasRefiner: manifest.refiner !== null,
    teachable: Boolean(manifest.connector.neck),
    reader: manifest.reader && { leastCertainty: manifest.reader.leastCertainty },
  };
}

/** The manifest's description of the model's input. */
export function inputOf({
  slicing,
  bands,
  gsd,
  change,
}: Pick<Manifest, 'slicing' | 'bands' | 'gsd' | 'change'>): InputSpec {
  return {
    tileSize: slicing.tile,
    tileOverlap: slicing.overlap,
    maxSlices: slicing.maxSlices,
    slicing: slicing.default,
    bands: bands.map(({ name, wavelengthNm, optional }) => ({ name, wavelengthNm, optional })),
    gsdMetres: gsd,
    views: { max: 1, pair: change !== null },
  };
}

/** A task needs the parts that answer it and, if it is answered in words, a prompt. */
function canAnswer(manifest: Manifest, { id, heads = [], about }: Task): boolean {
  const prompt = manifest.tasks[id]?.prompt;
  if (heads.some((head) => !manifest[head])) return false;
  if (about !== undefined) return manifest.detector !== null;
  if (prompt === undefined) return false;
  // The graph of the detector's proposals makes the prompt row for a drawn region.
  return manifest.detector !== null || !prompt.includes('<region>');
}

function coverOf({ cover }: Manifest): CoverSpec | null {
  if (!cover) return null;
  const { meaning, iou = null, gsd: gsdMetres = null } = cover;
  return { labels: english(cover), labelsZh: chinese(cover), meaning, iou, gsdMetres };
}

function scaledScenes({ labels, scales = [] }: NonNullable<Manifest['scenes']>): NonNullable<ModelCard['sceneScales']> {
  return scales.map(({ gsd: [min, max], from, to }) => ({
    labels: labels.slice(from, to).map(({ name }) => name),
    gsdMetres: { min, max },
  }));
}

type Labels = { labels: readonly { name: string; zh?: string }[] } | null;

const english = (head: Labels) => head?.labels.map(({ name }) => name) ?? [];

/** The Chinese names; empty if one of them is missing. */
function chinese(head: Labels): string[] {
  const names = head?.labels.flatMap(({ zh }) => zh ?? []) ?? [];
  return names.length === head?.labels.length ? names : [];
}
