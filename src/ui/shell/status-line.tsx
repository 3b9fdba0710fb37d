import { CrsItem } from '../crs/crs-item.tsx';
import { formatDuration, formatGsd, formatZoom } from '../format/format.ts';
import { paceWords } from '../format/run-pace.ts';
import { useSession } from '../session-context.ts';
import { mapResolution } from '../ui-state.ts';
import { OverviewItem } from './overview-item.tsx';
import { PointerReadout } from './pointer-readout.tsx';

/** The pointer's position, the file's resolution, where the model runs, and the progress of a run. */
export function StatusLine() {
  const { layers } = useSession();
  const scene = layers.active.value;
  const resolution = mapResolution.value;
  const reference = scene?.info.georeference;
  return (
    <footer class="status-line">
      {scene && (
        <>
          <PointerReadout scene={scene} />
          <span class="spring" />
          {reference && <CrsItem reference={reference} />}
          {scene.info.gsdMetres && (
            <span class="status-item" data-tip="Ground sample distance">
              {formatGsd(scene.info.gsdMetres)}
            </span>
          )}
          {resolution !== null && (
            <span class="status-item" data-tip="Zoom: screen pixels per image pixel">
              {formatZoom(resolution)}
            </span>
          )}
        </>
      )}
      {!scene && (
        <>
          <span class="status-item">Nothing leaves this machine</span>
          <span class="spring" />
        </>
      )}
      <OverviewItem />
      <BackendItem />
      <LastRunItem />
      <RunItem />
    </footer>
  );
}

function BackendItem() {
  const state = useSession().model.state.value;
  if (state.status !== 'ready') return null;
  const { backend } = state.loaded;
  return (
    <span class="status-item backend-item" data-tip={`${backend.label}: ${backend.reason}`}>
      {backend.label}
    </span>
  );
}

function LastRunItem() {
  const { asking } = useSession();
  const timed = asking.answers.value.filter((answer) => answer.timings !== null);
  const timings = timed[timed.length - 1]?.timings;
  if (!timings || asking.running.value) return null;
  const stages = [
    `vision ${formatDuration(timings.visionMs)}`,
    `connector ${formatDuration(timings.connectorMs)}`,
    `prefill ${formatDuration(timings.prefillMs)}`,
    `decode ${formatDuration(timings.decodeMs)}`,
    `masks ${formatDuration(timings.refineMs)}`,
  ];
  return (
    <span class="status-item" data-tip={`Last answer: ${stages.join(', ')}`}>
      {timings.tokensPerSecond.toFixed(1)} tok/s · {formatDuration(timings.totalMs)}
    </span>
  );
}

function RunItem() {
  const { asking } = useSession();
  const id = asking.running.value;
  const answer = asking.answers.value.find((each) => each.id === id);
  if (!answer) return null;
  const { done, total } = answer.progress;
  const { ahead } = paceWords(asking.pulse.value);
  return (
    <span class="status-item run-item">
      <progress value={done} max={Math.max(1, total)} aria-label="Run progress" />
      {total > 1 ? `${done}/${total}` : 'Running'}
      {ahead !== null && ` · ${ahead}`}
      <button type="button" class="link-button" onClick={() => asking.stop(answer.id)}>
        Cancel run
      </button>
    </span>
  );
}
