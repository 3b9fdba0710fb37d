import type { BandChoice } from '../../imagery/image.ts';
import type { CrsChoice } from '../../imagery/place.ts';
import type { Stretch } from '../../imagery/stretch.ts';
import type { Display } from '../../render/display.ts';
import type { SensorId } from '../../render/sensors.ts';
import type { CoverLook } from '../cover/port.ts';
import type { Answer, SceneObject } from '../document.ts';
import type { NotKept } from '../opening/lost-files.ts';
import type { Lesson } from '../teaching/port.ts';

/** Increased when the record's form changes; `upgrade-saved.ts` reads the earlier forms. */
export const VERSION = 4;

/** One layer of a stored session. Its files have keys of their own, so that they are written once. */
export interface SavedLayer {
  layerId: string;
  name: string;
  visible: boolean;
  opacity: number;
  display: Display;
  sensor?: SensorId | null;
  fileName: string;
  fileBytes: number;
  /** As `SceneInfo.version`. */
  version?: string;
  fileKept: boolean;
  /** Why not; absent if it was kept, and in sessions of earlier versions. */
  notKept?: NotKept;
  sample: string | null;
  bands: BandChoice;
  stretch: Stretch;
  /** The address that the image was opened from. */
  url?: string;
  /** Chosen by the user in place of the image's own. */
  crs?: CrsChoice | null;
}

/** What a reload restores. */
export interface SavedSession {
  version: typeof VERSION;
  /** The topmost first. */
  layers: SavedLayer[];
  activeLayer: string | null;
  answers: Answer[];
  objects: SceneObject[];
  /** Absent in sessions of earlier versions; checked when they are read. */
  taught?: unknown[];
  lesson?: Lesson;
  /** How the land cover of layers is shown, by layer; absent in sessions of earlier versions. */
  covers?: Record<string, CoverLook>;
}

/** Some of its layers with what belongs to them. */
export type SavedPart = Pick<SavedSession, 'layers' | 'answers' | 'objects'> & Required<Pick<SavedSession, 'covers'>>;

export function isSavedSession(value: unknown): value is SavedSession {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<SavedSession>;
  return (
    record.version === VERSION &&
    Array.isArray(record.layers) &&
    record.layers.every(isSavedLayer) &&
    Array.isArray(record.answers) &&
    Array.isArray(record.objects)
  );
}

function isSavedLayer(layer: Partial<SavedLayer>): boolean {
  return (
    typeof layer.layerId === 'string' &&
    typeof layer.fileName === 'string' &&
    typeof layer.bands === 'object' &&
    typeof layer.stretch === 'object'
  );
}
