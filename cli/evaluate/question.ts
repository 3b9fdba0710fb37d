import type { Quad } from '../../src/geo/types.ts';
import type { TaskId } from '../../src/tasks/table.ts';

/** `masks`: not a question to the language model, but the refiner on given boxes and the dense head's own proposals. */
export type EvalTask = TaskId | 'masks';

/** Seven possible defects of an image, in the model's words. */
export const DEFECTS = ['blur', 'noise', 'haze', 'stripes', 'missing data', 'overexposure', 'underexposure'] as const;
export type Defect = (typeof DEFECTS)[number];

/** How an image is made; all but `file` are made in memory and never written to disk. Paths are absolute. */
export type ImageRecipe =
  | { kind: 'file'; path: string }
  /** A JPEG with files beside it that give it this scale. */
  | { kind: 'placed'; path: string; gsdMetres: number }
  /** Red, green and blue plus, unless null, near infrared, in one TIFF; at a made-up place if a scale is given. */
  | { kind: 'bands'; rgb: string; nir: string | null; gsdMetres?: number }
  /** A clean image with one defect applied. Null leaves it unchanged, through the same code. */
  | { kind: 'defect'; path: string; defect: Defect | null; severity: number; seed: number }
  | { kind: 'pair'; before: string; after: string };

/** A true box in pixels of the full image. `upright`: axis-aligned, whatever the object's own direction. */
export interface TrueBox {
  corners: readonly (readonly [number, number])[];
  upright: boolean;
}

/** A box given to the refiner, and the shape that its mask is compared with. */
export interface TrueShape {
  box: Quad;
  /** A polygon, or the ellipse that fills the box. */
  shape: { kind: 'polygon'; ring: readonly (readonly [number, number])[] } | { kind: 'ellipse' };
}

/** What an answer is compared with. */
export type Truth =
  | { kind: 'scene'; scene: string }
  | { kind: 'option'; answer: string; options: string[] }
  /**
   * `scene`: groups images that look alike; null if there is no such grouping. `derived`: from NDVI, not from people.
   */
  | { kind: 'presence'; label: string; present: boolean; scene: string | null; derived: boolean }
  | { kind: 'caption'; references: string[] }
  | { kind: 'count'; label: string; count: number }
  | { kind: 'boxes'; label: string; boxes: TrueBox[] }
  /** Polygons of everything with this label in the image; found masks are compared with them. */
  | { kind: 'found-masks'; label: string; polygons: (readonly (readonly [number, number])[])[] }
  | { kind: 'true-masks'; label: string; shapes: TrueShape[] }
  /** `path`: a file of u8[height, width], row-major, whose bit k says that the pixel may be of class k of `labels`; all bits: unknown. */
  | { kind: 'cover'; path: string; labels: readonly string[] }
  | { kind: 'quality'; defect: Defect | null }
  | { kind: 'change'; changed: boolean; boxes: TrueBox[] };

export interface Question {
  /** Set, image and question in one line; unique within a run. */
  id: string;
  set: string;
  /** Distinguishes rows of one set that must not be pooled, such as "RGB" and "RGB + NIR"; else null. */
  variant: string | null;
  /** Width and height of the full image in pixels. */
  size: { width: number; height: number };
  image: ImageRecipe;
  task: EvalTask;
  label: string | null;
  text: string | null;
  truth: Truth;
  /** The photo's licence if it restricts reuse (share-alike), else null. Such rows are marked. */
  restricted: string | null;
  /**
   * The order of asking, so that a run that is stopped has filled most of the table that decides a release: 1 the
   * table's short rows, 2 its long one (presence: most of all questions), 3 the rest.
   */
  round: 1 | 2 | 3;
}
