import { effect } from '@preact/signals';
import { getCenter } from 'ol/extent.js';
import DragBox from 'ol/interaction/DragBox.js';
import { defaults as defaultInteractions } from 'ol/interaction/defaults.js';
import TileLayer from 'ol/layer/Tile.js';
import OlMap from 'ol/Map.js';
import type MapBrowserEvent from 'ol/MapBrowserEvent.js';
import { unByKey } from 'ol/Observable.js';
import View from 'ol/View.js';
import type { OpenScene, Session } from '../../session/types.ts';
import {
  draftTask,
  drawing,
  imageryOpacity,
  imageryVisible,
  type MapCommands,
  mapResolution,
  pointer,
  regionChoice,
  rightPanelOpen,
} from '../ui-state.ts';
import { objectAt } from './hit-test.ts';
import { ObjectLayers } from './object-layers.ts';
import { createPixelProjection, extentToWindow, fromMap, windowToExtent } from './pixel-space.ts';
import { SceneSource } from './scene-source.ts';

/** Top, right, bottom, left; the tools stand at the right. */
const fitPadding = [28, 56, 28, 28];
const hitTolerancePx = 4;

const reducedMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
const motionMs = () => (reducedMotion() ? 0 : 150);

/** Everything that changes what a tile looks like, as a cache key. */
const renderKey = (scene: OpenScene) =>
  `${scene.info.id}|${JSON.stringify(scene.bands)}|${JSON.stringify(scene.stretch.ranges)}|${scene.stretch.method}`;

/** The map of one scene: an OpenLayers map over source pixels, kept in step with the session both ways. */
export class MapController implements MapCommands {
  #session: Session;
  #scene: OpenScene;
  #map: OlMap;
  #view: View;
  #source: SceneSource;
  #layers: ObjectLayers;
  #disposers: (() => void)[] = [];
  /** Space lends the hand while a region is being drawn. */
  #spaceHeld = false;

  constructor(target: HTMLElement, session: Session, scene: OpenScene) {
    this.#session = session;
    this.#scene = scene;
    const { width, height } = scene.info;
    const projection = createPixelProjection(width, height);
    this.#source = new SceneSource(session, scene.info, projection, renderKey(scene));
    const imagery = new TileLayer({ source: this.#source, cacheSize: 256 });
    this.#layers = new ObjectLayers(session, { x: 0, y: 0, width, height });
    const longest = Math.max(width, height);
    this.#view = new View({
      projection,
      center: [width / 2, -height / 2],
      resolution: longest / 800,
      minResolution: 1 / 64,
      maxResolution: Math.max(longest / 128, 1 / 8),
      extent: [0, -height, width, 0],
      constrainOnlyCenter: true,
      smoothExtentConstraint: !reducedMotion(),
      enableRotation: false,
    });
    this.#map = new OlMap({
      target,
      controls: [],
      layers: [imagery, ...this.#layers.layers],
      view: this.#view,
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false, zoomDuration: motionMs() }),
      maxTilesLoading: 8,
    });
    this.#addRegionBox();
    this.#listen();
    this.#disposers.push(
      effect(() => {
        imagery.setVisible(imageryVisible.value);
        imagery.setOpacity(imageryOpacity.value);
      }),
      effect(() => {
        target.classList.toggle('is-drawing', drawing.value);
      }),
    );
    this.fit();
  }

  /** The same scene with other bands or another stretch. */
  update(scene: OpenScene): void {
    if (renderKey(scene) !== renderKey(this.#scene)) this.#source.refreshAs(renderKey(scene));
    this.#scene = scene;
    // Opened anew, though it looks the same from outside.
    if (this.#session.view.peek() === null) this.fit();
  }

  fit(): void {
    const { width, height } = this.#scene.info;
    this.#map.updateSize();
    this.#view.fit([0, -height, width, 0], { padding: fitPadding, duration: 0 });
  }

  zoomBy(factor: number): void {
    this.#view.animate({
      resolution: this.#view.getConstrainedResolution(this.#view.getResolution()! / factor)!,
      duration: motionMs(),
    });
  }

  zoomToObject(objectId: string): void {
    const object = this.#session.objects.value.find((each) => each.id === objectId);
    if (!object) return;
    const xs = object.corners.map((corner) => corner[0]);
    const ys = object.corners.map((corner) => corner[1]);
    const x = Math.min(...xs);
    const y = Math.min(...ys);
    const box = windowToExtent({ x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y });
    const [mapWidth = 1, mapHeight = 1] = this.#map.getSize() ?? [];
    // The object fills about a fifth of the map, so that its surroundings can be judged; zooming never goes out.
    const wanted = Math.max((box[2]! - box[0]!) / mapWidth, (box[3]! - box[1]!) / mapHeight) * 5;
    const resolution = this.#view.getConstrainedResolution(Math.min(wanted, this.#view.getResolution()!))!;
    this.#view.animate({ center: getCenter(box), resolution, duration: motionMs() });
  }

  focus(): void {
    this.#map.getTargetElement()?.focus();
  }

  dispose(): void {
    for (const dispose of this.#disposers) dispose();
    this.#layers.dispose();
    this.#session.view.value = null;
    pointer.value = null;
    mapResolution.value = null;
    this.#map.setTarget(undefined);
    this.#map.dispose();
  }

  #addRegionBox(): void {
    const box = new DragBox({
      className: 'region-box',
      condition: () => drawing.value && !this.#spaceHeld,
      minArea: 16,
    });
    box.on('boxend', () => {
      const { width, height } = this.#scene.info;
      const region = extentToWindow(box.getGeometry().getExtent(), width, height);
      drawing.value = false;
      if (!region) return;
      this.#session.region.value = region;
      regionChoice.value = 'auto';
      if (draftTask.value === 'identify') rightPanelOpen.value = true;
    });
    this.#map.addInteraction(box);
  }

  #listen(): void {
    const session = this.#session;
    const at = (event: MapBrowserEvent) => {
      const { xPx, yPx } = fromMap(event.coordinate);
      const tolerance = hitTolerancePx * this.#view.getResolution()!;
      return { xPx, yPx, object: objectAt(this.#layers.visibleObjects(), [xPx, yPx], tolerance) };
    };
    const { width, height } = this.#scene.info;
    const keys = [
      this.#map.on('pointermove', (event) => {
        const { xPx, yPx, object } = at(event as MapBrowserEvent);
        pointer.value = xPx >= 0 && yPx >= 0 && xPx < width && yPx < height ? { xPx, yPx } : null;
        if (event.dragging) return;
        session.hovered.value = object?.id ?? null;
        this.#map.getTargetElement()?.classList.toggle('is-pointing', object !== null);
      }),
      this.#map.on('click', (event) => {
        session.selected.value = at(event as MapBrowserEvent).object?.id ?? null;
      }),
      this.#map.on('postrender', () => this.#publishView()),
    ];
    const onSpace = (event: KeyboardEvent) => {
      if (event.key !== ' ') return;
      this.#spaceHeld = event.type === 'keydown';
      // Else a focused button would be pressed, or the page scrolled.
      if (drawing.value) event.preventDefault();
    };
    document.addEventListener('keydown', onSpace);
    document.addEventListener('keyup', onSpace);
    const leave = () => {
      pointer.value = null;
      session.hovered.value = null;
    };
    const viewport = this.#map.getViewport()!;
    viewport.addEventListener('pointerleave', leave);
    this.#disposers.push(() => {
      unByKey(keys);
      document.removeEventListener('keydown', onSpace);
      document.removeEventListener('keyup', onSpace);
      viewport.removeEventListener('pointerleave', leave);
    });
  }

  #publishView(): void {
    const size = this.#map.getSize();
    if (!size?.[0] || !size[1]) return;
    const extent = this.#view.calculateExtent(size);
    const resolution = this.#view.getResolution()!;
    this.#source.viewChanged(extent, resolution);
    mapResolution.value = resolution;
    const next = extentToWindow(extent, this.#scene.info.width, this.#scene.info.height);
    const last = this.#session.view.peek();
    const same =
      next &&
      last &&
      next.x === last.x &&
      next.y === last.y &&
      next.width === last.width &&
      next.height === last.height;
    if (!same && next !== last) this.#session.view.value = next;
  }
}
