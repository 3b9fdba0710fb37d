import { effect } from '@preact/signals';
import { type Extent, getCenter } from 'ol/extent.js';
import DragBox from 'ol/interaction/DragBox.js';
import { defaults as defaultInteractions } from 'ol/interaction/defaults.js';
import OlMap from 'ol/Map.js';
import type MapBrowserEvent from 'ol/MapBrowserEvent.js';
import { unByKey } from 'ol/Observable.js';
import View from 'ol/View.js';
import { cornersOf, hullOf } from '../../geo/boxes/rotated-box.ts';
import type { PixelWindow } from '../../geo/types.ts';
import type { OpenScene } from '../../session/document.ts';
import type { Session } from '../../session/port.ts';
import { marking, markPlace, markWindow } from '../teach/marking.ts';
import {
  basemap,
  draftTask,
  drawing,
  type MapCommands,
  mapExtent,
  mapResolution,
  mapTool,
  pointer,
  regionChoice,
  rightPanelOpen,
} from '../ui-state.ts';
import { objectAt } from './hit-test.ts';
import { basemapLayer, connectToWebMercator } from './layers/basemap-layer.ts';
import { CoverMapLayer } from './layers/cover-layer.ts';
import { ImageLayers } from './layers/image-layers.ts';
import { ObjectLayers } from './layers/object-layers.ts';
import { TeachLayers } from './layers/teach-layers.ts';
import { VectorOverlays } from './layers/vector-overlays.ts';
import { createPixelProjection, extentToWindow, fromMap, toMap, windowToExtent } from './pixel-space.ts';
import { ToolLayer } from './tools/tool-layer.ts';
import { keepView, keptView } from './view-keeper.ts';

/** Top, right, bottom, left; the tools are at the right. */
const fitPadding = [28, 56, 28, 28];
const hitTolerancePx = 4;

const reducedMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
const motionMs = () => (reducedMotion() ? 0 : 150);

/** The ports that the map uses. */
type MapSession = Pick<
  Session,
  'asking' | 'cover' | 'ground' | 'images' | 'layers' | 'notices' | 'review' | 'teaching' | 'vectors'
>;

/**
 * The map around the active layer: an OpenLayers map in its pixel space, in sync with the session in both directions.
 */
export class MapController implements MapCommands {
  #session: MapSession;
  #scene: OpenScene;
  #map: OlMap;
  #view: View;
  #images: ImageLayers;
  #cover: CoverMapLayer;
  #vectors: VectorOverlays;
  #objects: ObjectLayers;
  #tools: ToolLayer;
  #teach: TeachLayers;
  #disposers: (() => void)[] = [];
  /** Holding Space pans while a region is being drawn. */
  #spaceHeld = false;

  constructor(target: HTMLElement, session: MapSession, scene: OpenScene) {
    this.#session = session;
    this.#scene = scene;
    const { width, height } = scene.info;
    const projection = createPixelProjection(width, height, scene.info.gsdMetres?.x ?? null);
    connectToWebMercator(session, projection);
    this.#images = new ImageLayers(session, scene, projection);
    this.#cover = new CoverMapLayer(session, projection);
    this.#vectors = new VectorOverlays(session);
    this.#objects = new ObjectLayers(session, { x: 0, y: 0, width, height });
    this.#tools = new ToolLayer(session);
    this.#teach = new TeachLayers(session, projection);
    const longest = Math.max(width, height);
    this.#view = new View({
      projection,
      center: [width / 2, -height / 2],
      resolution: longest / 800,
      minResolution: 1 / 64,
      // Other layers may extend far beyond the active one.
      maxResolution: Math.max(longest / 32, 1 / 8),
      enableRotation: false,
    });
    this.#map = new OlMap({
      target,
      controls: [],
      layers: [
        this.#images.group,
        this.#cover.layer,
        this.#vectors.group,
        ...this.#teach.layers,
        ...this.#objects.layers,
        this.#tools.layer,
      ],
      view: this.#view,
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false, zoomDuration: motionMs() }),
      maxTilesLoading: 8,
    });
    this.#addRegionBox();
    this.#listen();
    this.#disposers.push(
      effect(() => {
        target.classList.toggle('is-drawing', drawing.value || mapTool.value !== null || marking.value !== null);
      }),
      this.#refitOnResize(target),
      this.#showBasemap(),
    );
    const kept = keptView(session, scene);
    this.#map.updateSize();
    if (kept) {
      this.#view.setCenter(toMap(kept.xPx, kept.yPx));
      this.#view.setResolution(kept.resolution);
    } else this.fit();
  }

  /** Applies the scene's new state. */
  update(scene: OpenScene): void {
    this.#scene = scene;
    // The scene was opened again, although it looks the same.
    if (this.#session.layers.view.peek() === null) this.fit();
  }

  fit(): void {
    const { width, height } = this.#scene.info;
    this.#fitExtent([0, -height, width, 0]);
  }

  zoomToLayer(layerId: string): void {
    const extent = this.#images.extentOf(layerId);
    if (extent) this.#fitExtent(extent);
  }

  zoomBy(factor: number): void {
    this.#view.animate({
      resolution: this.#view.getConstrainedResolution(this.#view.getResolution()! / factor)!,
      duration: motionMs(),
    });
  }

  zoomToObject(objectId: string): void {
    const object = this.#session.review.objects.value.find((each) => each.id === objectId);
    if (!object) return;
    const box = windowToExtent(hullOf(cornersOf(object.box)));
    const [mapWidth = 1, mapHeight = 1] = this.#map.getSize() ?? [];
    // The object fills about a fifth of the map, to show its surroundings. Never zooms out.
    const wanted = Math.max((box[2]! - box[0]!) / mapWidth, (box[3]! - box[1]!) / mapHeight) * 5;
    const resolution = this.#view.getConstrainedResolution(Math.min(wanted, this.#view.getResolution()!))!;
    this.#view.animate({ center: getCenter(box), resolution, duration: motionMs() });
  }

  zoomToWindow(window: PixelWindow): void {
    this.#fitExtent(windowToExtent(window));
  }

  centreOn(xPx: number, yPx: number): void {
    this.#view.animate({ center: toMap(xPx, yPx), duration: motionMs() });
    this.#tools.mark(xPx, yPx);
  }

  pointTo(xPx: number, yPx: number): void {
    const [left, bottom, right, top] = this.#view.calculateExtent(this.#map.getSize());
    const [x, y] = toMap(xPx, yPx);
    if (x! >= left! && x! <= right! && y! >= bottom! && y! <= top!) this.#tools.mark(xPx, yPx);
    else this.centreOn(xPx, yPx);
  }

  centre(): { xPx: number; yPx: number } {
    return fromMap(this.#view.getCenter()!);
  }

  /** A tool's click in the middle of the map, for the keyboard. */
  clickCentre(): void {
    const { xPx, yPx } = this.centre();
    if (marking.value !== null) markPlace(this.#session, xPx, yPx);
    else this.#tools.click(xPx, yPx);
  }

  redraw(): void {
    this.#images.redraw();
  }

  focus(): void {
    this.#map.getTargetElement()?.focus();
  }

  dispose(): void {
    const { xPx, yPx } = this.centre();
    keepView(this.#scene.layerId, { xPx, yPx, resolution: this.#view.getResolution()! });
    for (const dispose of this.#disposers) dispose();
    this.#cover.dispose();
    this.#vectors.dispose();
    this.#objects.dispose();
    this.#tools.dispose();
    this.#teach.dispose();
    this.#images.dispose();
    this.#session.layers.view.value = null;
    pointer.value = null;
    mapResolution.value = null;
    mapExtent.value = null;
    this.#map.setTarget(undefined);
    this.#map.dispose();
  }

  #fitExtent(extent: Extent): void {
    this.#map.updateSize();
    this.#view.fit(extent, { padding: fitPadding, duration: 0 });
  }

  #showBasemap(): () => void {
    let shown: ReturnType<typeof basemapLayer> | null = null;
    return effect(() => {
      if (shown) this.#map.removeLayer(shown);
      const isPlaced = this.#session.ground.toLonLat(this.#scene.info.width / 2, this.#scene.info.height / 2) !== null;
      shown = basemap.value && isPlaced ? basemapLayer(this.#session, basemap.value) : null;
      if (shown) this.#map.addLayer(shown);
    });
  }

  /** If the view shows the whole scene, it still does after a resize. */
  #refitOnResize(target: HTMLElement): () => void {
    const watch = new ResizeObserver(() => {
      const { width, height } = this.#scene.info;
      const seen = this.#session.layers.view.peek();
      const showedAll = seen !== null && seen.width === width && seen.height === height;
      this.#map.updateSize();
      if (showedAll) this.fit();
    });
    watch.observe(target);
    return () => watch.disconnect();
  }

  #addRegionBox(): void {
    const box = new DragBox({
      className: 'region-box',
      condition: () => (drawing.value || marking.value !== null) && !this.#spaceHeld,
      minArea: 16,
    });
    box.on('boxend', () => {
      const { width, height } = this.#scene.info;
      const region = extentToWindow(box.getGeometry().getExtent(), width, height);
      if (marking.value !== null) {
        if (region) markWindow(this.#session, region);
        return;
      }
      drawing.value = false;
      if (!region) return;
      this.#session.layers.region.value = region;
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
      return { xPx, yPx, object: objectAt(this.#objects.visibleObjects(), [xPx, yPx], tolerance) };
    };
    const { width, height } = this.#scene.info;
    const keys = [
      this.#map.on('pointermove', (event) => {
        const { xPx, yPx, object } = at(event as MapBrowserEvent);
        pointer.value = xPx >= 0 && yPx >= 0 && xPx < width && yPx < height ? { xPx, yPx } : null;
        if (event.dragging) return;
        this.#tools.pointTo(xPx, yPx);
        session.review.hovered.value = mapTool.value === null ? (object?.id ?? null) : null;
        this.#map.getTargetElement()?.classList.toggle('is-pointing', object !== null && mapTool.value === null);
      }),
      this.#map.on('click', (event) => {
        const { xPx, yPx, object } = at(event as MapBrowserEvent);
        if (marking.value !== null) return markPlace(this.#session, xPx, yPx);
        if (this.#tools.click(xPx, yPx)) return;
        session.review.selected.value = object?.id ?? null;
      }),
      this.#map.on('dblclick', (event) => {
        // The second click ends a measurement and must not zoom.
        if (this.#tools.finish(hitTolerancePx * this.#view.getResolution()!)) event.stopPropagation();
      }),
      this.#map.on('postrender', () => this.#publishView()),
    ];
    const onSpace = (event: KeyboardEvent) => {
      if (event.key !== ' ') return;
      this.#spaceHeld = event.type === 'keydown';
      // Otherwise a focused button would be pressed, or the page scrolled.
      if (drawing.value || marking.value !== null) event.preventDefault();
    };
    document.addEventListener('keydown', onSpace);
    document.addEventListener('keyup', onSpace);
    const leave = () => {
      pointer.value = null;
      session.review.hovered.value = null;
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
    this.#images.viewChanged(extent, resolution);
    mapResolution.value = resolution;
    const [left = 0, bottom = 0, right = 0, top = 0] = extent;
    const shown = { x: left, y: 0 - top, width: right - left, height: top - bottom };
    if (!sameWindow(shown, mapExtent.peek())) mapExtent.value = shown;
    const next = extentToWindow(extent, this.#scene.info.width, this.#scene.info.height);
    if (!sameWindow(next, this.#session.layers.view.peek())) this.#session.layers.view.value = next;
  }
}

function sameWindow(a: PixelWindow | null, b: PixelWindow | null): boolean {
  if (!a || !b) return a === b;
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
