import { computed } from '@preact/signals';
import { exportFormats } from '../export/formats.ts';
import { NadirError } from '../lib/errors.ts';
import { bandsShown } from '../render/appearance.ts';
import type { RasterApi } from '../workers/raster/api.ts';
import type { VlmApi } from '../workers/vlm/api.ts';
import { Asking } from './asking/asking.ts';
import { asShown } from './asking/model-tile.ts';
import { modelInputOf } from './asking/run.ts';
import { BeforeKeeper } from './compare/change.ts';
import type { SessionDeps } from './deps.ts';
import { exportAs } from './exporting.ts';
import { History } from './history/history.ts';
import type { StepId } from './history/steps.ts';
import { Keeping } from './keeping/keeping.ts';
import { SessionPlace } from './keeping/place.ts';
import { CrsChooser } from './layers/crs-choice.ts';
import { Ground } from './layers/ground.ts';
import { OverviewWatcher } from './layers/overviews.ts';
import { splitVectors, VectorLayers } from './layers/vectors.ts';
import { AdapterKeeper } from './model/adapter.ts';
import { inspect } from './model/inspect.ts';
import { ModelKeeper } from './model/model.ts';
import { readModelFolder } from './model/model-folder.ts';
import { WorkerHost } from './model/worker-host.ts';
import { noticesPort, notifyError, settle } from './notices/notices.ts';
import { sortDropped, tellOfSidecars } from './opening/dropped-files.ts';
import { type ImageSource, nameOf } from './opening/image-source.ts';
import { Samples } from './opening/samples.ts';
import { SceneKeeper } from './opening/scene.ts';
import { removeAnswer, setObjectState } from './review/review.ts';
import { createState } from './state.ts';
import type { Answer, OpenScene, Session } from './types.ts';

/**
 * The document and its use cases over two workers. Starts reading the list of samples and putting the last session
 * back at once; the model is loaded by the caller.
 */
export function createSession(deps: SessionDeps): Session {
  const state = createState();
  const history = new History();
  const place = new SessionPlace(deps.storage, deps.tab);
  const scenes: SceneKeeper = new SceneKeeper(state, history, () => raster);
  const models: ModelKeeper = new ModelKeeper(
    state,
    () => vlm,
    deps.modelBaseUrl,
    async () => {
      await Promise.all([adapters.putBack(), haveParts(), samplesKept]);
    },
  );
  const adapters: AdapterKeeper = new AdapterKeeper(
    state,
    () => models,
    () => vlm,
    { storage: place.own, shared: deps.storage, from: place.claimed.then(({ from }) => from) },
  );
  const raster = new WorkerHost<RasterApi>(deps.raster, (error) => {
    scenes.recover(error);
    befores.recover(scenes.recovered());
  });
  const befores = new BeforeKeeper(state, () => raster, place.own);
  const vlm = new WorkerHost<VlmApi>(deps.vlm, (error) => models.recover(error));
  const asking = new Asking(state, scenes, befores, models, () => vlm);
  const ground = new Ground();
  const vectors = new VectorLayers(state, history, ground);
  const overviews = new OverviewWatcher(state, () => raster);
  const keeping = new Keeping(place, state, scenes, (from) => befores.restore(from));
  void keeping.start();
  const samples = new Samples(deps.samplesBaseUrl);
  const samplesKept = samples.list().then(async (listed) => {
    state.samples.value = listed;
    // One that can't be had says so when it is asked for.
    await Promise.allSettled(listed.map(({ file }) => samples.open(file)));
  });
  const haveParts = async (): Promise<void> => {
    try {
      await deps.fetchParts();
      settle(state, 'load-part');
    } catch (thrown) {
      notifyError(state, thrown, 'load-part', [], { label: 'Try again', run: () => void haveParts() });
    }
  };

  let replacing: Promise<unknown> = Promise.resolve();
  const replaceAll = async (open: () => Promise<OpenScene>): Promise<OpenScene> => {
    asking.stopAll();
    const replaced = open().then(async (scene) => {
      await befores.close();
      return scene;
    });
    replacing = replaced.catch(() => undefined);
    const scene = await replaced;
    settle(state, 'open-image');
    return scene;
  };

  const openSource = async (source: ImageSource): Promise<OpenScene> => {
    const scene = await replaceAll(() => scenes.open(source, null));
    tellOfSidecars(state, scene, source.sidecars);
    return scene;
  };
  const addSources = async (sources: readonly ImageSource[]): Promise<OpenScene[]> => {
    const added: OpenScene[] = [];
    for (const source of sources) {
      try {
        // A question that runs goes on: its layer stays.
        const scene = await scenes.add(source, null);
        added.push(scene);
        settle(state, 'open-image');
        tellOfSidecars(state, scene, source.sidecars);
      } catch (thrown) {
        const { code } = notifyError(state, thrown, 'open-image', [nameOf(source)]);
        // Cancelled, or everything was replaced meanwhile: the rest isn't wanted either.
        if (code === 'ABORTED') break;
      }
    }
    return added;
  };
  const openImages = async (files: readonly File[]): Promise<OpenScene[]> => {
    // The first that can be opened takes the place of what is open; what can't be opened leaves it alone.
    const sources = await sortDropped(files, state, scenes);
    for (const [index, source] of sources.entries()) {
      try {
        const first = await openSource(source);
        return [first, ...(await addSources(sources.slice(index + 1)))];
      } catch (thrown) {
        const { code } = notifyError(state, thrown, 'open-image', [nameOf(source)]);
        if (code === 'ABORTED') break;
      }
    }
    return [];
  };
  const withVectors = async (
    files: readonly File[],
    openAll: (images: File[]) => Promise<OpenScene[]>,
  ): Promise<OpenScene[]> => {
    const { vectors: overlaid, others } = splitVectors(files);
    const opened = await openAll(others);
    if (overlaid.length > 0) {
      // Dropped right after an image, they wait for that one.
      await replacing;
      await vectors.add(overlaid);
    }
    return opened;
  };
  const crs = new CrsChooser(state, history, scenes.layers, () => raster);

  /** A display that can't be drawn leaves the layer as it is. Errors: EXPRESSION_INVALID, BAND_MISSING. */
  const show = (layerId: string | undefined, change: Partial<OpenScene>, id: 'set-display' | 'set-look') => {
    const layer = scenes.layers.find(layerId);
    if (!layer) return;
    bandsShown({ ...layer, ...change }, layer.info.bands.length);
    scenes.layers.change(layerId, change, id);
  };

  const ofActive = (answer: Answer) => answer.layerId === undefined || answer.layerId === state.activeLayer.value;
  const answers = computed(() => state.answers.value.filter(ofActive));
  const objects = computed(() => {
    const shown = new Set(answers.value.map((answer) => answer.id));
    return state.objects.value.filter((object) => shown.has(object.answerId));
  });

  return {
    ...state,
    answers,
    objects,
    loadModel: (choice) => {
      asking.stopAll();
      return models.load(choice);
    },
    loadModelFolder: async (files) => {
      const folder = await readModelFolder(files, vlm.api);
      asking.stopAll();
      await models.use(folder);
    },
    loadEmbeddedModel: () => {
      asking.stopAll();
      return models.use(null);
    },
    attachAdapter: (files) => adapters.attach(files),
    detachAdapter: () => adapters.detach(),
    openFile: (file, sidecars = []) => openSource({ image: file, sidecars }),
    openUrl: (url) => openSource({ image: url.trim(), sidecars: [] }),
    openSample: (file) => replaceAll(async () => scenes.open(await samples.open(file), file)),
    cancelOpening: () => scenes.cancelOpening(),
    openFiles: (files) => withVectors(files, openImages),
    addFiles: (files) => withVectors(files, async (images) => addSources(await sortDropped(images, state, scenes))),
    searchCrs: (query, limit) => raster.api.searchCrs(query, limit),
    describeCrs: (text, layerId) => crs.describe(text, layerId),
    setCrs: (text, layerId) => crs.choose(text, layerId),
    isOpen: (file) => {
      const active = state.activeLayer.value;
      return active !== null && scenes.sourceOf(active)?.image === file;
    },
    isOpenBefore: (file) => befores.isReadFrom(file),
    earlier: place.earlier,
    openEarlier: async (id) => {
      if (state.layers.value.length > 0 || state.opening.value !== null) {
        throw new NadirError('SESSION_IN_USE', 'An image is open. Close it first, then open the earlier session.');
      }
      await keeping.takeUp(id);
      await adapters.keep();
    },
    deleteEarlier: (id) => place.forget(id),
    closeScene: async () => {
      asking.stopAll();
      await befores.close();
      await scenes.close();
      await keeping.forget();
    },
    before: befores.before,
    openingBefore: befores.opening,
    openBefore: async (file) => {
      // The later image may still be opening.
      await replacing;
      asking.stopAll();
      await befores.open(file);
    },
    useLayerAsBefore: (layerId) => {
      asking.stopAll();
      befores.useLayer(layerId);
    },
    closeBefore: async () => {
      asking.stopAll();
      await befores.close();
    },
    setBands: (bands, layerId) => scenes.layers.change(layerId, { bands }, 'set-bands'),
    setStretch: (method, low, high, window = null) => scenes.setStretch(method, low, high, window),
    adjustStretch: (change) => {
      const scene = state.scene.value;
      if (!scene) return;
      const method = change.ranges ? 'manual' : scene.stretch.method;
      scenes.layers.change(undefined, { stretch: { ...scene.stretch, ...change, method } }, 'set-stretch');
    },
    setDisplay: (display, layerId) => show(layerId, { display }, 'set-display'),
    setSensor: (sensor, layerId) => scenes.layers.change(layerId, { sensor }, 'set-sensor'),
    setLook: (bands, display) => show(undefined, { bands, display }, 'set-look'),
    shareStretch: () => scenes.layers.shareStretch(),
    activateLayer: (layerId) => scenes.layers.activate(layerId),
    moveLayer: (layerId, index) => scenes.layers.move(layerId, index),
    setLayer: (layerId, change) => scenes.layers.change(layerId, change, stepIdOf(change)),
    removeLayer: (layerId) => {
      const running = state.answers.value.find((answer) => answer.id === state.running.value);
      if (running?.layerId === layerId) asking.stopAll();
      scenes.remove(layerId);
    },
    vectorOverlays: vectors.overlays,
    setVectorVisible: (id, visible) => vectors.setVisible(id, visible),
    removeVector: (id) => vectors.remove(id),
    ask: (input) => asking.ask(input),
    inspect: (input) => inspect(state, scenes, models, () => vlm, input),
    retryFailed: (answerId) => asking.retryFailed(answerId),
    stop: (answerId) => asking.stop(answerId),
    removeAnswer: (answerId) => {
      asking.stop(answerId);
      removeAnswer(state, history, answerId);
    },
    setObjectState: (objectId, next) => setObjectState(state, history, objectId, next),
    canUndo: history.canUndo,
    canRedo: history.canRedo,
    undo: () => history.undo(),
    redo: () => history.redo(),
    readRaw: (layerId, request, signal) => scenes.readRaw(layerId, request, signal),
    histogram: (bands, window) => {
      const scene = state.scene.value;
      return scene ? raster.api.histogram(scene.info.id, bands, window) : Promise.resolve([]);
    },
    readModelInput: async (answer, tile, signal) => asShown(await scenes.readBands(modelInputOf(answer, tile), signal)),
    overviews: overviews.byScene,
    stopOverviews: (layerId) => overviews.stop(layerId),
    buildOverviews: (layerId) => overviews.build(layerId),
    overviewCacheUse: () => overviews.cacheUse(),
    clearOverviewCache: () => overviews.clearCache(),
    readPixel: (col, row, layerId) => scenes.readPixel(col, row, layerId),
    toLonLat: (col, row) => ground.toLonLat(state.scene.value, col, row),
    toCrs: (col, row) => ground.toCrs(state.scene.value, col, row),
    fromLonLat: (lonDeg, latDeg) => ground.fromLonLat(state.scene.value, lonDeg, latDeg),
    fromCrs: (x, y) => ground.fromCrs(state.scene.value, x, y),
    pixelMap: (from, to) => ground.pixelMap(scenes.layers.find(from), scenes.layers.find(to)),
    exportFormats,
    exportAs: (formatId, answerIds) => exportAs(state, formatId, answerIds),
    notices: noticesPort(state),
  };
}

function stepIdOf(change: Parameters<Session['setLayer']>[1]): StepId {
  if (change.name !== undefined) return 'rename-layer';
  return change.visible === undefined ? 'set-opacity' : 'set-visibility';
}
