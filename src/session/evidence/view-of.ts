import type { NamedBand } from '../../imagery/image.ts';
import type { AdapterInfo, ModelInfo } from '../../vlm/types.ts';
import type { OpenScene } from '../document.ts';

/** Everything that changes what the model sees of a window. */
export interface ViewOf {
  scene: Pick<OpenScene, 'layerId' | 'stretch'>;
  /** The source bands that the model gets. */
  bands: readonly NamedBand[];
  /** Of the image; null if unknown. */
  gsdMetres: number | null;
  model: Pick<ModelInfo, 'hash'>;
  adapter: Pick<AdapterInfo, 'hash'> | null;
  /** Key of the taught class that was looked for in place of the model's own; absent for those. */
  taught?: string;
}
