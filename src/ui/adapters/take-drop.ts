import type { Session } from '../../session/types.ts';
import { droppedFiles, isAdapter } from './dropped-files.ts';

/**
 * Adds the adapter among what was dropped on the window and shows the model's menu, where its facts or the reason of a
 * failure stand. False, and nothing done, where there is none. Must be called within the drop event.
 */
export async function takeAdapter(session: Session, transfer: DataTransfer): Promise<boolean> {
  const files = await droppedFiles(transfer).catch(() => []);
  if (!isAdapter(files)) return false;
  await session.attachAdapter(files).catch(() => undefined);
  document.getElementById('model-menu')?.showPopover();
  return true;
}
