import { exportGeoJson } from '../export/geojson.ts';
import type { RasterApi } from '../workers/raster/api.ts';
import type { VlmApi } from '../workers/vlm/api.ts';
import { Asking } from './asking.ts';
import type { SessionDeps } from './deps.ts';
import { History } from './history.ts';
import { Keeping } from './keeping.ts';
import { ModelKeeper } from './model.ts';
import { dismiss, dismissTitled, notifyError } from './notices.ts';
import { removeAnswer, setObjectState } from './review.ts';
import { fetchSample, listSamples } from './samples.ts';
import { SceneKeeper } from './scene.ts';
import { createState, type SessionState } from './state.ts';
import type { OpenScene, Session } from './types.ts';
import { WorkerHost } from './worker-host.ts';

/** Ends the title of a notice about a file; it goes once another file is open. */
const OPEN_FAILED = 'could not be opened';

/**
 * The document and its use cases over two workers. Starts reading the list of samples and putting the last session
 * back at once; the model is loaded by the caller.
 */
export function createSession(deps: SessionDeps): Session {
  const state = createState();
  const history = new History(state.canUndo, state.canRedo);
  const scenes: SceneKeeper = new SceneKeeper(state, history, () => raster);
  const models: ModelKeeper = new ModelKeeper(state, () => vlm, deps.modelBaseUrl);
  const raster = new WorkerHost<RasterApi>(deps.raster, () => scenes.recover());
  const vlm = new WorkerHost<VlmApi>(deps.vlm, () => models.recover());
  const asking = new Asking(state, scenes, models, () => vlm);
  const keeping = new Keeping(deps.storage, state, scenes);
  void keeping.start();
  void listSamples(deps.samplesBaseUrl).then((samples) => {
    state.samples.value = samples;
  });

  const opened = async (name: string, open: () => Promise<OpenScene>): Promise<OpenScene> => {
    try {
      asking.stopAll();
      const scene = await open();
      dismissTitled(state, OPEN_FAILED);
      return scene;
    } catch (thrown) {
      throw notifyError(state, thrown, `${name} ${OPEN_FAILED}`);
    }
  };

  return {
    ...state,
    loadModel: (choice) => {
      asking.stopAll();
      return models.load(choice);
    },
    openFile: (file) => opened(file.name, () => scenes.open(file, null)),
    openSample: (file) => opened(file, async () => scenes.open(await fetchSample(deps.samplesBaseUrl, file), file)),
    closeScene: async () => {
      asking.stopAll();
      await scenes.close();
      await keeping.forget();
    },
    setBands: (bands) => scenes.setBands(bands),
    setStretch: async (method, low, high) => {
      try {
        await scenes.setStretch(method, low, high);
      } catch (thrown) {
        throw notifyError(state, thrown, 'The stretch could not be changed');
      }
    },
    ask: (input) => asking.ask(input),
    retryFailed: (answerId) => asking.retryFailed(answerId),
    stop: (answerId) => asking.stop(answerId),
    removeAnswer: (answerId) => {
      asking.stop(answerId);
      removeAnswer(state, history, answerId);
    },
    setObjectState: (objectId, next) => setObjectState(state, history, objectId, next),
    undo: () => history.undo(),
    redo: () => history.redo(),
    readRgba: (request, signal) => scenes.readRgba(request, signal),
    readPixel: (col, row) => scenes.readPixel(col, row),
    toLonLat: (col, row) => scenes.toLonLat(col, row),
    toCrs: (col, row) => scenes.toCrs(col, row),
    exportGeoJson: (answerIds) => exportAnswers(state, answerIds),
    notify: (error, title) => void notifyError(state, error, title),
    dismiss: (noticeId) => dismiss(state, noticeId),
  };
}

function exportAnswers(state: SessionState, answerIds: string[] | undefined): { fileName: string; text: string } {
  const scene = state.scene.value;
  if (!scene) return { fileName: 'nadir.geojson', text: '{"type":"FeatureCollection","features":[]}\n' };
  const chosen = state.answers.value.filter((answer) => !answerIds || answerIds.includes(answer.id));
  const answers = chosen.map((answer) => ({
    answer,
    objects: state.objects.value.filter((object) => object.answerId === answer.id && object.state !== 'rejected'),
  }));
  const stem = scene.info.fileName.replace(/\.[^.]+$/, '');
  return { fileName: `${stem}.geojson`, text: exportGeoJson({ scene: scene.info, answers }) };
}
