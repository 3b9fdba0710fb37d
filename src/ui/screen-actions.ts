import type { ScreenAction } from '../session/commands/command.ts';
import { download } from './download.ts';
import { boxesVisible, mapCommands, masksVisible } from './ui-state.ts';

/** Does what a typed command asks of the screen. */
export function actOnScreen(action: ScreenAction): void {
  switch (action.kind) {
    case 'show': {
      const shown = action.what === 'boxes' ? boxesVisible : masksVisible;
      shown.value = action.visible;
      break;
    }
    case 'zoom-window':
      mapCommands.value?.zoomToWindow(action.window);
      break;
    case 'zoom-object':
      mapCommands.value?.zoomToObject(action.objectId);
      break;
    case 'zoom-by':
      mapCommands.value?.zoomBy(action.factor);
      break;
    case 'point':
      mapCommands.value?.pointTo(action.xPx, action.yPx);
      break;
    case 'save':
      download(action.file);
  }
}
