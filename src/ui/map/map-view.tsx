import { useEffect, useRef } from 'preact/hooks';
import type { OpenScene } from '../../session/document.ts';
import { useSession } from '../session-context.ts';
import { Notices } from '../shell/notices.tsx';
import { marking } from '../teach/marking.ts';
import { drawing, mapCommands, mapTool } from '../ui-state.ts';
import { loadMap } from './load-map.ts';
import type { MapController } from './map-controller.ts';
import { OverviewMap } from './overview-map.tsx';
import { ReadingHint } from './reading-hint.tsx';
import { ScaleBar } from './scale-bar.tsx';
import { GoToDialog } from './tools/go-to-dialog.tsx';
import { MapTools } from './tools/map-tools.tsx';
import { MeasureCard } from './tools/measure-card.tsx';
import { PixelValuesCard } from './tools/pixel-values-card.tsx';
import { SwipeHandle } from './tools/swipe-handle.tsx';
import { measured } from './tools/tool-state.ts';
import './map.css';

/** The map of the open scene. The map library is loaded with the first scene, so that the page paints first. */
export function MapView({ scene }: { scene: OpenScene }) {
  const session = useSession();
  // Not the scene's id: a restarted worker gives the same scene a new one, and the map must not jump.
  const identity = `${scene.layerId}|${scene.info.width}|${scene.info.height}`;
  const target = useRef<HTMLDivElement>(null);
  const controller = useRef<MapController | null>(null);
  const latest = useRef(scene);
  latest.current = scene;

  useEffect(() => {
    let gone = false;
    void loadMap()
      .then((module) => {
        if (gone || !target.current) return;
        controller.current = new module.MapController(target.current, session, latest.current);
        mapCommands.value = controller.current;
        // The button that opened the scene is gone, and the focus with it.
        if (document.activeElement === document.body) controller.current.focus();
      })
      .catch((thrown: unknown) => session.notices.fail(thrown, 'show-map'));
    return () => {
      gone = true;
      mapCommands.value = null;
      controller.current?.dispose();
      controller.current = null;
    };
  }, [session, identity]);

  useEffect(() => controller.current?.update(scene), [scene]);

  return (
    <section class="map" aria-label="Map">
      <div
        class="map-target"
        ref={target}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the map takes arrow keys, + and −, so it must take focus
        tabIndex={0}
        role="application"
        aria-label="Scene view: arrow keys pan, plus and minus zoom"
        onKeyDown={(event) => {
          if (mapTool.value === null && marking.value === null) return;
          if (event.key === 'Enter') controller.current?.clickCentre();
          else if (event.key === 'Backspace' && measured.value?.open) removeLastPoint();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {(mapTool.value !== null || marking.value !== null) && <span class="crosshair" aria-hidden="true" />}
      <SwipeHandle />
      <MapTools />
      {drawing.value && (
        <p class="map-hint" role="status">
          Drag a rectangle on the map. Escape cancels.
        </p>
      )}
      {marking.value !== null && (
        <p class="map-hint" role="status">
          {marking.value === 'one' ? 'Drag a box around each example' : 'Drag boxes around what it isn’t'}, or click for
          one like the last. Escape ends it.
        </p>
      )}
      <Notices />
      <ReadingHint />
      <div class="map-cards">
        <PixelValuesCard />
        <MeasureCard scene={scene} />
      </div>
      <ScaleBar gsdMetres={scene.info.gsdMetres} />
      <OverviewMap scene={scene} />
      <GoToDialog scene={scene} />
    </section>
  );
}

/** Removes the measurement's last point. */
function removeLastPoint(): void {
  const now = measured.value;
  if (!now) return;
  measured.value = now.points.length > 1 ? { ...now, points: now.points.slice(0, -1) } : null;
}
