import type { OpenScene } from '../../session/document.ts';
import type { Session } from '../../session/port.ts';

export interface KeptView {
  xPx: number;
  yPx: number;
  /** Map pixels per CSS pixel. */
  resolution: number;
}

let last: { layerId: string; view: KeptView } | null = null;

/** Remembers the map's view when the map is removed. */
export function keepView(layerId: string, view: KeptView): void {
  last = { layerId, view };
}

/** The same place and scale in the pixels of the newly active layer; null if they can't be converted. */
export function keptView(session: Pick<Session, 'ground' | 'layers'>, scene: OpenScene): KeptView | null {
  if (!last || !session.layers.all.value.some((layer) => layer.layerId === last?.layerId)) return null;
  const { layerId, view } = last;
  if (layerId === scene.layerId) return view;
  const from = session.layers.all.value.find((layer) => layer.layerId === layerId)!;
  const map = session.ground.pixelMap(layerId, scene.layerId);
  if (!map) {
    // Layers of equal size without places are drawn over each other pixel by pixel.
    const alike = from.info.width === scene.info.width && from.info.height === scene.info.height;
    return alike ? view : null;
  }
  const [xPx, yPx] = map(view.xPx, view.yPx);
  const [x1, y1] = map(view.xPx + 1, view.yPx);
  const resolution = view.resolution * Math.hypot(x1 - xPx, y1 - yPx);
  const reach = resolution * 400;
  const { width, height } = scene.info;
  const isNear = xPx > -reach && yPx > -reach && xPx < width + reach && yPx < height + reach;
  return Number.isFinite(resolution) && resolution > 0 && isNear ? { xPx, yPx, resolution } : null;
}
