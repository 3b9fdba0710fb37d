import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { NadirError } from '../../lib/errors.ts';
import type { Session } from '../../session/port.ts';
import { takeAdapter } from '../adapters/take-drop.ts';
import { useSession } from '../session-context.ts';
import { areClasses, takeClasses } from '../teach/take-class.ts';

function openImages(session: Pick<Session, 'layers' | 'notices' | 'opening'>, files: File[]): void {
  const { notices } = session;
  if (files.length === 0) {
    const link = new NadirError('NOT_AN_IMAGE', 'A link was dropped. Drop image files, or the folder of an adapter.');
    notices.fail(link, 'open-nothing');
    return;
  }
  notices.settle('open-nothing');
  void (session.layers.active.peek() ? session.opening.addFiles(files) : session.opening.openFiles(files));
}

/** Accepts files dropped anywhere in the window; as layers if an image is open. */
export function DropOverlay() {
  const session = useSession();
  const over = useSignal(false);

  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    addEventListener(
      'dragover',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        over.value = true;
      },
      { signal },
    );
    addEventListener(
      'dragleave',
      (event) => {
        // Moving to another element isn't leaving the window.
        if (event.relatedTarget === null) over.value = false;
      },
      { signal },
    );
    addEventListener(
      'drop',
      (event) => {
        over.value = false;
        const transfer = event.dataTransfer;
        // Another element, the adapter panel, may have handled it already.
        if (!transfer || !hasFiles(event) || event.defaultPrevented) return;
        event.preventDefault();
        const files = [...transfer.files];
        if (areClasses(files)) return void takeClasses(session, files);
        void takeAdapter(session, transfer).then((taken) => {
          if (!taken) openImages(session, files);
        });
      },
      { signal },
    );
    return () => listening.abort();
  }, [session, over]);

  if (!over.value) return null;
  return (
    <div class="drop-overlay" aria-hidden="true">
      <p>{session.layers.active.value ? 'Drop to add as a layer' : 'Drop to open'}</p>
    </div>
  );
}
