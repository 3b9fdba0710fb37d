import { addressOpen } from '../crs/crs-state.ts';
import { Icon } from '../parts/icon.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';
import { helpOpen, leftPanelOpen, rightPanelOpen } from '../ui-state.ts';
import { pickFile } from './file-input.tsx';
import { ModelMenu } from './model-menu.tsx';
import { OpeningLine } from './opening-line.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

export function TopBar() {
  const session = useSession();
  const scene = session.layers.active.value;
  const undo = session.history.canUndo.value;
  const redo = session.history.canRedo.value;
  const opening = session.opening.name.value;
  return (
    <header class="top-bar">
      <h1 class="brand">
        <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
          <circle cx="8" cy="8" r="4.6" />
          <path d="M8 1v4M8 11v4M1 8h4M11 8h4" />
        </svg>
        Nadir
      </h1>
      {scene && (
        <>
          <IconButton
            icon="left"
            label={leftPanelOpen.value ? 'Hide left panels' : 'Show left panels'}
            expanded={leftPanelOpen.value}
            onClick={() => {
              leftPanelOpen.value = !leftPanelOpen.value;
            }}
          />
          <span class="scene-name" data-tip={scene.info.fileName}>
            {scene.info.fileName}
          </span>
          <button type="button" class="button quiet" data-tip="Open another file (O)" onClick={pickFile}>
            <Icon name="open" />
            Open…
          </button>
          <IconButton
            icon="globe"
            label="Open an address"
            onClick={() => {
              addressOpen.value = true;
            }}
          />
          <IconButton
            icon="close"
            label="Close scene"
            onClick={() => void report(session.notices, 'close-image', () => session.opening.closeAll())}
          />
          <span class="divider" />
          <IconButton
            icon="undo"
            label="Undo"
            tip={undo ? `Undo: ${undo.label} (Ctrl+Z)` : 'Nothing to undo'}
            disabled={undo === null}
            onClick={() => session.history.undo()}
          />
          <IconButton
            icon="redo"
            label="Redo"
            tip={redo ? `Redo: ${redo.label} (Ctrl+Shift+Z)` : 'Nothing to redo'}
            disabled={redo === null}
            onClick={() => session.history.redo()}
          />
        </>
      )}
      {scene && opening && <OpeningLine words={`Opening ${opening}`} />}
      <span class="spring" />
      <ModelMenu />
      <ThemeToggle />
      <button
        type="button"
        class="icon-button"
        aria-label="Keyboard shortcuts and help"
        data-tip="Keyboard shortcuts and help (?)"
        onClick={() => {
          helpOpen.value = true;
        }}
      >
        <span aria-hidden="true">?</span>
      </button>
      {scene && (
        <IconButton
          icon="right"
          label={rightPanelOpen.value ? 'Hide conversation' : 'Show conversation'}
          expanded={rightPanelOpen.value}
          onClick={() => {
            rightPanelOpen.value = !rightPanelOpen.value;
          }}
        />
      )}
    </header>
  );
}
