import type { Done } from '../../../session/commands/command.ts';
import { useSession } from '../../session-context.ts';
import { mapCommands } from '../../ui-state.ts';

/** Takes a typed command back: the last step of the history, or the view before. Nothing where that can't be done any more. */
export function TakeBack({ command: { undo } }: { command: Done }) {
  const { history } = useSession();
  if (undo === null) return null;
  if ('view' in undo) {
    const { view } = undo;
    return <TakeBackButton text="Back to the view before" run={() => mapCommands.value?.zoomToWindow(view)} />;
  }
  if (history.canUndo.value?.key === undo.step) return <TakeBackButton text="Undo" run={() => history.undo()} />;
  if (history.canRedo.value?.key === undo.step) return <TakeBackButton text="Redo" run={() => history.redo()} />;
  return null;
}

function TakeBackButton({ text, run }: { text: string; run: () => void }) {
  return (
    <button type="button" class="action" onClick={run}>
      {text}
    </button>
  );
}
