import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CrsChoice } from '../../imagery/place.ts';
import { useSession } from '../session-context.ts';

export interface Described {
  /** Null if there is no text, while it is looked up, and if it doesn't describe a CRS. */
  choice: CrsChoice | null;
  busy: boolean;
}

const askAfterMs = 120;

/** The CRS that a code or definition describes for a layer. Looked up when the user pauses typing. */
export function useDescribed(text: string | null, layerId: string): Described {
  const session = useSession();
  const state = useSignal<Described>({ choice: null, busy: false });
  useEffect(() => {
    state.value = { choice: null, busy: text !== null };
    if (text === null) return;
    let stale = false;
    const timer = setTimeout(() => {
      session.crs
        .describe(text, layerId)
        .catch(() => null)
        .then((choice) => {
          if (!stale) state.value = { choice, busy: false };
        });
    }, askAfterMs);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text, layerId, session, state]);
  return state.value;
}
