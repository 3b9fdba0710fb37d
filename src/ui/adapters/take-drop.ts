import type { Session } from '../../session/port.ts';
import { changeAdapter } from './change-adapter.ts';
import { droppedFiles, isAdapter } from './dropped-files.ts';

/**
 * Attaches the adapter among the dropped files and opens the model menu, which shows its details or the error. Returns
 * false, and does nothing, if there is no adapter. Must be called within the drop event.
 */
export async function takeAdapter(session: Pick<Session, 'adapter'>, transfer: DataTransfer): Promise<boolean> {
  const files = await droppedFiles(transfer).catch(() => []);
  if (!isAdapter(files)) return false;
  await changeAdapter(() => session.adapter.attach(files));
  document.getElementById('model-menu')?.showPopover();
  return true;
}
