/** What the measurements install in the page, and read from it. Runs before the app's own scripts. */
export interface PageProbe {
  /** When a file was chosen, by the page's clock; null before that. */
  chosenMs: number | null;
  /** When the map's middle first showed more than one colour; null before that. */
  pictureMs: number | null;
  /** Tile reads since the list was last emptied. */
  tiles: { ms: number; aborted: boolean }[];
  watchPicture(): void;
}

declare global {
  var nadirProbe: PageProbe | undefined;
}

/** Passed to `addInitScript`, so it must not refer to anything outside. */
export function installProbe(): void {
  // Lets us read the map's pixels between frames.
  const original = HTMLCanvasElement.prototype.getContext as (this: HTMLCanvasElement, ...args: unknown[]) => unknown;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, options?: object) {
    return original.call(this, kind, kind.startsWith('webgl') ? { ...options, preserveDrawingBuffer: true } : options);
  } as typeof HTMLCanvasElement.prototype.getContext;

  const probe: PageProbe = {
    chosenMs: null,
    pictureMs: null,
    tiles: [],
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
}
