import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { bandsShown } from '../../render/appearance.ts';
import { paint } from '../../render/paint.ts';
import type { OpenScene } from '../../session/document.ts';
import { useSession } from '../session-context.ts';
import { mapCommands, mapExtent } from '../ui-state.ts';

const longestPx = 132;

/**
 * A small picture of the whole active layer with the map's view marked. Clicking moves the map there. Hidden while the
 * map shows everything.
 */
export function OverviewMap({ scene }: { scene: OpenScene }) {
  const { info } = scene;
  const seen = mapExtent.value;
  const showsAll =
    !seen || (seen.x <= 0 && seen.y <= 0 && seen.x + seen.width >= info.width && seen.y + seen.height >= info.height);
  const scale = longestPx / Math.max(info.width, info.height);
  const width = Math.max(8, Math.round(info.width * scale));
  const height = Math.max(8, Math.round(info.height * scale));
  if (showsAll) return null;
  const box = {
    left: Math.max(0, seen.x / info.width),
    top: Math.max(0, seen.y / info.height),
    right: Math.min(1, (seen.x + seen.width) / info.width),
    bottom: Math.min(1, (seen.y + seen.height) / info.height),
  };
  const percent = (part: number) => `${part * 100}%`;
  return (
    <button
      type="button"
      class="overview-map"
      aria-label="Overview: fit the scene; click a place to go there"
      data-tip="Overview"
      data-tip-side="left"
      style={{ width: `${width}px`, height: `${height}px` }}
      onClick={(event) => {
        // A key press has no position.
        if (event.detail === 0) return mapCommands.value?.fit();
        const frame = event.currentTarget.getBoundingClientRect();
        const x = (event.clientX - frame.left) / frame.width;
        const y = (event.clientY - frame.top) / frame.height;
        mapCommands.value?.centreOn(x * info.width, y * info.height);
      }}
    >
      <Thumbnail scene={scene} width={width} height={height} />
      {box.right > box.left && box.bottom > box.top && (
        <span
          class="overview-box"
          style={{
            left: percent(box.left),
            top: percent(box.top),
            width: percent(box.right - box.left),
            height: percent(box.bottom - box.top),
          }}
        />
      )}
    </button>
  );
}

/** Read once for the bands that are shown; repainted when the appearance changes. */
function Thumbnail({ scene, width, height }: { scene: OpenScene; width: number; height: number }) {
  const session = useSession();
  const canvas = useRef<HTMLCanvasElement>(null);
  const tile = useSignal<Awaited<ReturnType<typeof session.images.readRaw>> | null>(null);
  const { info, layerId } = scene;
  const bands = bandsShown(scene, info.bands.length);
  const key = `${info.id}|${bands.join()}|${info.levels.length}`;
  useEffect(() => {
    const stop = new AbortController();
    const window = { x: 0, y: 0, width: info.width, height: info.height };
    const size = { outWidth: width, outHeight: height };
    session.images
      .readRaw(layerId, { window, ...size, bands, resampling: 'area' }, stop.signal)
      .then((read) => {
        tile.value = read;
      })
      .catch(() => undefined); // without it the frame still shows where the map is
    return () => stop.abort();
  }, [session, layerId, key, width, height]);
  const read = tile.value;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !read || bands.some((band) => !read.bands.includes(band))) return;
    const colours = paint(read, scene, info.bands.length);
    context.putImageData(new ImageData(colours, read.width, read.height), 0, 0);
  }, [read, scene.bands, scene.stretch, scene.display]);
  return <canvas ref={canvas} width={width} height={height} />;
}
