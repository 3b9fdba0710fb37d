import { formatBytes } from '../format/format.ts';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';

/**
 * In the status line: the progress of the active layer's overviews, and a button to stop and resume. Hidden when
 * nothing needs attention.
 */
export function OverviewItem() {
  const session = useSession();
  const id = session.layers.active.value?.info.id;
  const status = id === undefined ? undefined : session.overviews.byScene.value.get(id);
  if (!status) return null;
  const percent = Math.floor(status.fraction * 100);
  switch (status.state) {
    case 'waiting':
      return null;
    case 'building':
      return (
        <span class="status-item run-item" data-overviews="building" data-tip={status.note ?? BUILDING}>
          <progress value={status.fraction} max={1} aria-label="Overviews" />
          Overviews {percent} %
          <button
            type="button"
            class="link-button"
            onClick={() => void report(session.notices, 'stop-overviews', () => session.overviews.stop())}
          >
            Stop
          </button>
        </span>
      );
    case 'stopped':
    case 'failed':
      return (
        <span class="status-item run-item" data-overviews={status.state} data-tip={status.note ?? undefined}>
          {status.state === 'failed' ? 'Overviews failed' : `Overviews stopped at ${percent} %`}
          <button
            type="button"
            class="link-button"
            onClick={() => void report(session.notices, 'build-overviews', () => session.overviews.build())}
          >
            {status.state === 'failed' ? 'Try again' : 'Continue'}
          </button>
        </span>
      );
    case 'ready': {
      if (status.storage === 'file' || status.storage === 'none') return null;
      const where = status.storage === 'disk' ? 'stored on this device' : 'kept in memory';
      return (
        <span
          class="status-item"
          data-overviews="ready"
          data-tip={status.note ?? `Built by Nadir and ${where}, so that zoomed-out views are quick`}
        >
          Overviews {formatBytes(status.bytes)} {status.storage === 'memory' ? where : ''}
        </span>
      );
    }
  }
}

const BUILDING = 'The file has no overviews. They are built in the background; until then zoomed-out views are coarse.';
