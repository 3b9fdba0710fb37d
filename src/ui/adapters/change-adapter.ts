import { signal } from '@preact/signals';
import { type ErrorData, NadirError } from '../../lib/errors.ts';

/** Why the last change failed; shown in the adapter panel, beside the buttons. */
export const adapterFailure = signal<ErrorData | null>(null);

/** Attaches or detaches an adapter. Never rejects: a failure is in `adapterFailure`. */
export async function changeAdapter(change: () => Promise<unknown>): Promise<void> {
  adapterFailure.value = null;
  try {
    await change();
  } catch (thrown) {
    adapterFailure.value = NadirError.from(thrown).toData();
  }
}
