import { mapBox } from '../../geo/boxes/rotated-box.ts';
import type { PixelWindow, Point } from '../../geo/types.ts';
import { meanGsd } from '../../imagery/image.ts';
import { NadirError } from '../../lib/errors.ts';
import type { VlmApi } from '../../workers/vlm/api.ts';
import { inputBandsFor } from '../asking/slices/input-bands.ts';
import { viewOf } from '../asking/slices/model-tile.ts';
import { planSlices } from '../asking/slices/slices.ts';
import type { SceneKeeper } from '../opening/scene.ts';
import type { SessionState } from '../state.ts';
import type { ModelKeeper } from './model.ts';
import type { InspectInput, InspectResult } from './port.ts';
import type { WorkerHost } from './worker-host.ts';

/** Shows the model one region, whole, and returns what its heads see there. Errors: NO_IMAGE, MODEL_NOT_READY, MODEL_BAND_MISSING, those of reading. */
export async function inspect(
  state: SessionState,
  scenes: SceneKeeper,
  models: ModelKeeper,
  vlm: () => WorkerHost<VlmApi>,
  { boxes = [], region }: InspectInput,
): Promise<InspectResult> {
  const { model } = await models.ready();
  const scene = state.scene.value;
  if (!scene) throw new NadirError('NO_IMAGE', 'No image is open. Open one first.');
  const whole: PixelWindow = { x: 0, y: 0, width: scene.info.width, height: scene.info.height };
  const plan = planSlices({
    task: 'describe',
    mode: 'resize',
    region: region ?? whole,
    scene: whole,
    gsdMetres: null,
    model,
  });
  const [window] = plan.windows;
  if (!window) throw new NadirError('INTERNAL', 'A region without a slice.');
  const read = await scenes.readBands(
    {
      window,
      outWidth: model.tileSize,
      outHeight: model.tileSize,
      bands: inputBandsFor(model.bands, scene),
      stretch: scene.stretch,
      resampling: window.width > model.tileSize ? 'area' : 'bilinear',
    },
    new AbortController().signal,
  );
  const scaleX = window.width / model.tileSize;
  const scaleY = window.height / model.tileSize;
  const toTile = ([x, y]: Point): Point => [(x - window.x) / scaleX, (y - window.y) / scaleY];
  const toSource = ([x, y]: Point): Point => [window.x + x * scaleX, window.y + y * scaleY];
  const request = {
    view: viewOf('view', read, window, meanGsd(scene.info)),
    boxes: boxes.map(({ label, box }) => ({ label, box: mapBox(box, toTile) })),
  };
  const seen = await vlm().api.look(request, new AbortController().signal);
  return {
    ...seen,
    masks: seen.masks.map((rings) => rings?.map((ring) => ring.map(toSource)) ?? null),
    proposals: seen.proposals.map((thing) => ({ ...thing, box: mapBox(thing.box, toSource) })),
  };
}
