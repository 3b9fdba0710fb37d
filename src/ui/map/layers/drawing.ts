/** Whether the graphics adapter or the processor draws the imagery. */
export type Drawing = { by: 'gpu'; smoothsFloats: boolean } | { by: 'cpu'; reason: string };

let known: Drawing | null = null;

/**
 * Determined once per page. The graphics adapter draws if WebGL has float textures with full precision and isn't
 * emulated; an emulated one would be slower than painting on the processor. `?draw=gpu` and `?draw=cpu` override this
 * for one page load.
 */
export function drawingOf(): Drawing {
  known ??= probe(new URLSearchParams(location.search).get('draw'));
  return known;
}

function probe(asked: string | null): Drawing {
  if (asked === 'cpu') return { by: 'cpu', reason: 'chosen by hand' };
  const gl = document
    .createElement('canvas')
    .getContext('webgl', { failIfMajorPerformanceCaveat: asked !== 'gpu', antialias: false });
  if (!gl) return { by: 'cpu', reason: 'this browser has no WebGL on a graphics adapter' };
  try {
    if (!gl.getExtension('OES_texture_float'))
      return { by: 'cpu', reason: 'the graphics adapter has no float textures' };
    const precision = gl.getShaderPrecisionFormat(gl.FRAGMENT_SHADER, gl.HIGH_FLOAT)?.precision ?? 0;
    if (precision < 23) return { by: 'cpu', reason: 'the graphics adapter’s precision is too low' };
    return { by: 'gpu', smoothsFloats: gl.getExtension('OES_texture_float_linear') !== null };
  } finally {
    gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}
