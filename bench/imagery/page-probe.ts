/** What the measurements install in the page, and read from it. Runs before the app's own scripts. */
export interface PageProbe {
  /** When a file was chosen, by the page's clock; null before. */
  chosenMs: number | null;
  /** When the map's middle first showed more than one colour; null until then. */
  pictureMs: number | null;
  /** Main-thread tasks of 50 ms and more since `reset`. */
  longTasksMs: number[];
  /** Scripts within long frames since `reset`: who, and for how long. */
  longScripts: { source: string; ms: number }[];
  /** Longest gaps between frames since `reset`. */
  worstFramesMs: number[];
  tiles: { ms: number; aborted: boolean }[];
  reset(): void;
  watchPicture(): void;
}

declare global {
  var nadirProbe: PageProbe | undefined;
}

/** Passed to `addInitScript`: must stand alone. */
export function installProbe(): void {
  // So that what is on the map can be looked at between frames.
  const original = HTMLCanvasElement.prototype.getContext as (this: HTMLCanvasElement, ...args: unknown[]) => unknown;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, options?: object) {
    return original.call(this, kind, kind.startsWith('webgl') ? { ...options, preserveDrawingBuffer: true } : options);
  } as typeof HTMLCanvasElement.prototype.getContext;

  let lastFrame = performance.now();
  const probe: PageProbe = {
    chosenMs: null,
    pictureMs: null,
    longTasksMs: [],
    longScripts: [],
    worstFramesMs: [],
    tiles: [],
    reset() {
      probe.longTasksMs = [];
      probe.longScripts = [];
      probe.worstFramesMs = [];
      probe.tiles = [];
      lastFrame = performance.now();
    },
    watchPicture() {
      const small = document.createElement('canvas');
      small.width = 32;
      small.height = 32;
      const context = small.getContext('2d', { willReadFrequently: true })!;
      const look = () => {
        const canvases = [...document.querySelectorAll<HTMLCanvasElement>('.ol-viewport canvas')];
        for (const canvas of canvases) {
          if (canvas.width < 100) continue;
          context.clearRect(0, 0, 32, 32);
          context.drawImage(
            canvas,
            canvas.width * 0.4,
            canvas.height * 0.4,
            canvas.width * 0.2,
            canvas.height * 0.2,
            0,
            0,
            32,
            32,
          );
          const { data } = context.getImageData(0, 0, 32, 32);
          const seen = new Set<number>();
          for (let i = 0; i < data.length; i += 4) if (data[i + 3]! > 0) seen.add(data[i]! >> 2);
          if (seen.size >= 4) {
            probe.pictureMs = performance.now();
            return;
          }
        }
        setTimeout(look, 100);
      };
      look();
    },
  };
  globalThis.nadirProbe = probe;

  addEventListener(
    'change',
    ({ target }) => {
      if (target instanceof HTMLInputElement && target.type === 'file') probe.chosenMs = performance.now();
    },
    true,
  );
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) probe.longTasksMs.push(Math.round(duration));
  }).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      scripts: { sourceURL: string; sourceFunctionName: string; invoker: string; duration: number }[];
    })[]) {
      for (const { sourceURL, sourceFunctionName, invoker, duration } of entry.scripts) {
        const source = `${sourceURL.split('/').at(-1) ?? ''} ${sourceFunctionName || invoker}`;
        probe.longScripts.push({ source, ms: Math.round(duration) });
      }
    }
  }).observe({ type: 'long-animation-frame', buffered: true });
  const frame = () => {
    const now = performance.now();
    probe.worstFramesMs = [...probe.worstFramesMs, Math.round(now - lastFrame)].sort((a, b) => b - a).slice(0, 200);
    lastFrame = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
