import type { BandChoice } from '../../imagery/image.ts';
import type { CrsChoice } from '../../imagery/place.ts';
import type { Stretch } from '../../imagery/stretch.ts';
import type { Display } from '../../render/display.ts';
import type { SensorId } from '../../render/sensors.ts';
import type { Answer, SceneObject } from '../document.ts';
import type { NotKept } from '../opening/lost-files.ts';

/** Counted up when what is kept changes; `upgrade-saved.ts` reads the earlier ones. */
export const VERSION = 4;

/** One layer of a kept session. The imagery itself lies beside it, under its own key, so that it is written once. */
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
  /** Why not; absent where it was, and in sessions of earlier versions. */
  notKept?: NotKept;
  sample: string | null;
  bands: BandChoice;
  stretch: Stretch;
  /** The address of an image that was opened by one: read again from there. */
  url?: string;
  /** Chosen by the user over the image's own. */
  crs?: CrsChoice | null;
}

/** What survives a reload. */
export interface SavedSession {
  version: typeof VERSION;
  /** The topmost first. */
  layers: SavedLayer[];
  activeLayer: string | null;
  answers: Answer[];
  objects: SceneObject[];
}

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
