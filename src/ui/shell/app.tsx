// The general styles come first, so that a component's own styles win.
import '../styles/tokens.css';
import '../styles/base.css';
import './shell.css';

import { useEffect } from 'preact/hooks';
import { BeforeFileInput } from '../chat/before-image.tsx';
import { Conversation } from '../chat/conversation.tsx';
import { AddressDialog } from '../crs/address-dialog.tsx';
import { CrsDialog } from '../crs/crs-dialog.tsx';
import { FrontDoor } from '../front-door/front-door.tsx';
import { ImagePanel } from '../image/image-panel.tsx';
import { LayersPanel } from '../layers/layers-panel.tsx';
import { MapView } from '../map/map-view.tsx';
import { actOnScreen } from '../screen-actions.ts';
import { useSession } from '../session-context.ts';
import { listenForShortcuts } from '../shortcuts.ts';
import { TeachPanel } from '../teach/teach-panel.tsx';
import { leftPanelOpen, rightPanelOpen } from '../ui-state.ts';
import { DropOverlay } from './drop-overlay.tsx';
import { FileInput } from './file-input.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { Notices } from './notices.tsx';
import { StatusLine } from './status-line.tsx';
import { Tooltip } from './tooltip.tsx';
import { TopBar } from './top-bar.tsx';

/** The whole screen. Without a scene it is the start page; with one, the map between its panels. */
export function App() {
  const session = useSession();
  const scene = session.layers.active.value;
  useEffect(() => listenForShortcuts(session), [session]);
  useEffect(() => session.commands.listen(actOnScreen), [session]);
  useEffect(() => {
    document.title = scene ? `${scene.info.fileName} · Nadir` : 'Nadir';
  }, [scene?.info.fileName]);

  return (
    <div class="app">
      <TopBar />
      {scene ? (
        <main class="work" data-left={leftPanelOpen.value} data-right={rightPanelOpen.value}>
          <div class="side side-left" hidden={!leftPanelOpen.value}>
            <LayersPanel />
            <TeachPanel />
            <ImagePanel scene={scene} />
          </div>
          <MapView scene={scene} />
          <div class="side side-right" hidden={!rightPanelOpen.value}>
            <Conversation />
          </div>
        </main>
      ) : (
        <FrontDoor />
      )}
      <StatusLine />
      {!scene && <Notices />}
      <FileInput />
      <BeforeFileInput />
      <DropOverlay />
      <HelpDialog />
      <CrsDialog />
      <AddressDialog />
      <Tooltip />
    </div>
  );
}
