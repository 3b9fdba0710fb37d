import type BaseLayer from 'ol/layer/Base.js';
import { unByKey } from 'ol/Observable.js';
import type RenderEvent from 'ol/render/Event.js';

/** Draws `layer` only left of `position()`, a fraction of the map's width. Returns a function that undoes it. */
export function cutLayer(layer: BaseLayer, position: () => number): () => void {
  const keys = [
    layer.on('prerender' as 'change', (event) => {
      const { context } = event as unknown as RenderEvent;
      if (isWebGl(context)) {
        const { drawingBufferWidth: width, drawingBufferHeight: height } = context;
        context.enable(context.SCISSOR_TEST);
        context.scissor(0, 0, Math.round(width * position()), height);
      } else if (isCanvas(context)) {
        const { width, height } = context.canvas;
        context.save();
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.beginPath();
        context.rect(0, 0, width * position(), height);
        context.clip();
      }
    }),
    layer.on('postrender' as 'change', (event) => {
      const { context } = event as unknown as RenderEvent;
      if (isWebGl(context)) context.disable(context.SCISSOR_TEST);
      else if (isCanvas(context)) context.restore();
    }),
  ];
  return () => unByKey(keys);
}

const isWebGl = (context: unknown): context is WebGLRenderingContext =>
  typeof WebGLRenderingContext !== 'undefined' && context instanceof WebGLRenderingContext;
const isCanvas = (context: unknown): context is CanvasRenderingContext2D => context instanceof CanvasRenderingContext2D;
