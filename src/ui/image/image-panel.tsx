import type { OpenScene } from '../../session/document.ts';
import { Panel } from '../parts/panel.tsx';
import { BandControls } from './band-controls.tsx';
import { FileFacts } from './file-facts.tsx';
import { StretchControls } from './stretch-controls.tsx';
import './image.css';

/** How the file is shown, both to the user and to the model, and what it is. */
export function ImagePanel({ scene }: { scene: OpenScene }) {
  return (
    <Panel title="Image">
      <BandControls scene={scene} />
      <StretchControls scene={scene} />
      <FileFacts info={scene.info} />
    </Panel>
  );
}
