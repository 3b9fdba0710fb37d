import { exportFormats } from '../export/formats.ts';
import { NadirError } from '../lib/errors.ts';
import type { PlanApi } from '../workers/plan/api.ts';
import type { RasterApi } from '../workers/raster/api.ts';
import type { VlmApi } from '../workers/vlm/api.ts';
import { Asking } from './asking/asking.ts';
import { CommandRunner } from './commands/command-runner.ts';
import { EarlierImage } from './compare/earlier-image.ts';
import type { ComparisonPort } from './compare/port.ts';
import { Cover } from './cover/cover.ts';
import type { SessionDeps } from './deps.ts';
import { EvidenceStore } from './evidence/evidence-store.ts';
import { KeptTiles } from './evidence/kept/kept-tiles.ts';
import { exportAs } from './exporting/exporting.ts';
import { History } from './history/history.ts';
import { Keeping } from './keeping/keeping.ts';
import { SessionPlace } from './keeping/place.ts';
import type { KeepingPort } from './keeping/port.ts';
import { CrsChooser } from './layers/crs-choice.ts';
import { Ground } from './layers/ground.ts';
import { Images } from './layers/images.ts';
import { OverviewWatcher } from './layers/overviews.ts';
import type { LayersPort } from './layers/port.ts';
import { VectorLayers } from './layers/vectors.ts';
import { AdapterKeeper } from './model/adapter.ts';
import { inspect } from './model/inspect.ts';
import { ModelKeeper } from './model/model.ts';
import { readModelFolder } from './model/model-folder.ts';
import type { ModelPort } from './model/port.ts';
import { WorkerHost } from './model/worker-host.ts';
import { noticesPort, notifyError, settle } from './notices/notices.ts';
import { Opening } from './opening/opening.ts';
import { Samples } from './opening/samples.ts';
import { SceneKeeper } from './opening/scene.ts';
import type { Session } from './port.ts';
import { Review } from './review/review.ts';
import { createState } from './state.ts';
import { Teaching } from './teaching/teaching.ts';

/**
 * The document and its use cases over three workers. Starts fetching the samples and opening the last session at once; the
 * caller loads the model.
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
      await Promise.all([adapters.reattach(), fetchParts(), opening.samplesFetched]);
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
    earlierImage.recover(scenes.recovered());
  });
  const earlierImage = new EarlierImage(state, () => raster, place.own);
  const vlm = new WorkerHost<VlmApi>(deps.vlm, (error) => models.recover(error));
  // What it was running fails, and the next run starts another.
  const plans = new WorkerHost<PlanApi>(deps.plans, () => undefined);
  const images = new Images(state, scenes, () => raster);
  const review: Review = new Review(state, history, (answerId) => asking.stop(answerId));
  const commands = new CommandRunner(state, { history, review, images });
  const ground = new Ground(state);
  const vectors = new VectorLayers(state, history, ground);
  const tiles = new KeptTiles(deps.storage, {
    fingerprintOf: (layerId) => scenes.fingerprint(layerId),
    onFull: (error) => notifyError(state, error, 'keep-tiles'),
  });
  const evidence = new EvidenceStore(tiles);
  const asking = new Asking(state, scenes, earlierImage, models, () => vlm, plans, commands, vectors, evidence);
  const overviews = new OverviewWatcher(state, () => raster);
  const keeping = new Keeping(place, state, scenes, (from) => earlierImage.restore(from));
  const samples = new Samples(deps.samplesBaseUrl);
  const forgetStored = () => keeping.forget();
  const forgetTiles = (layerIds: readonly string[]) => tiles.forget(layerIds);
  const opening = new Opening(state, { scenes, asking, earlierImage, vectors, samples, forgetStored, forgetTiles });
  void keeping.start();

  /** Never rejects: a failure becomes a notice that offers another try. */
  const fetchParts = async (): Promise<void> => {
    try {
      await deps.fetchParts();
      settle(state, 'load-part');
    } catch (thrown) {
      notifyError(state, thrown, 'load-part', [], { label: 'Try again', run: () => void fetchParts() });
    }
  };

  const layers: LayersPort = {
    all: state.layers,
    active: state.scene,
    view: state.view,
    region: state.region,
    pointed: state.pointed,
    activate: (layerId) => scenes.layers.activate(layerId),
    move: (layerId, index) => scenes.layers.move(layerId, index),
    change: (layerId, change) => scenes.layers.change(layerId, change),
    remove: (layerId) => {
      const running = state.answers.value.find((answer) => answer.id === state.running.value);
      if (running?.layerId === layerId) asking.stopAll();
      scenes.remove(layerId);
    },
  };

  const model: ModelPort = {
    state: state.model,
    folder: state.modelFolder,
    backendChoice: state.backendChoice,
    load: (choice) => {
      asking.stopAll();
      return models.load(choice);
    },
    loadFolder: async (files) => {
      const folder = await readModelFolder(files, vlm.api);
      asking.stopAll();
      await models.use(folder);
    },
    loadEmbedded: () => {
      asking.stopAll();
      return models.use(null);
    },
    inspect: (input) => inspect(state, scenes, models, () => vlm, input),
  };

  const comparison: ComparisonPort = {
    before: earlierImage.before,
    opening: earlierImage.opening,
    open: async (file) => {
      // The later image may still be opening.
      await opening.settled();
      asking.stopAll();
      await earlierImage.open(file);
    },
    useLayer: (layerId) => {
      asking.stopAll();
      earlierImage.useLayer(layerId);
    },
    close: async () => {
      asking.stopAll();
      await earlierImage.close();
    },
    isOpen: (file) => earlierImage.isReadFrom(file),
  };

  const kept: KeepingPort = {
    earlier: place.earlier,
    openEarlier: async (id) => {
      if (state.layers.value.length > 0 || state.opening.value !== null) {
        throw new NadirError('SESSION_IN_USE', 'An image is open. Close it first, then open the earlier session.');
      }
      await keeping.openEarlier(id);
      await adapters.keep();
    },
    deleteEarlier: (id) => place.forget(id),
    tilesUse: () => tiles.use(),
    clearTiles: () => evidence.clear(),
  };

  return {
    opening,
    layers,
    images,
    ground,
    crs: new CrsChooser(state, history, scenes.layers, () => raster),
    vectors,
    overviews,
    model,
    adapter: adapters,
    comparison,
    asking,
    commands,
    review,
    exporting: { formats: exportFormats, exportAs: (formatId, answerIds) => exportAs(state, formatId, answerIds) },
    history,
    keeping: kept,
    notices: noticesPort(state),
    teaching: new Teaching(state, history, scenes, models, () => vlm),
    cover: new Cover(state, history, asking, vectors, plans),
  };
}
