import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { NadirError } from '../../lib/errors.ts';
import { formatBytes } from '../format/format.ts';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { useSession } from '../session-context.ts';
import { addressOpen } from './crs-state.ts';
import './crs.css';

/**
 * Asks for the address of an image on a server. Besides a basemap, this is the only way in which Nadir contacts another
 * host.
 */
export function AddressDialog() {
  return (
    <DialogFrame class="ask-dialog" open={addressOpen} id="address-title" title="Open an address">
      <AddressForm />
    </DialogFrame>
  );
}

function AddressForm() {
  const { opening } = useSession();
  const address = useSignal('');
  const busy = useSignal(false);
  const failure = useSignal<string | null>(null);
  const bytes = opening.bytes.value;
  // Closing the dialog cancels the opening.
  useEffect(
    () => () => {
      if (busy.peek()) opening.cancel();
    },
    [],
  );
  const open = async () => {
    busy.value = true;
    failure.value = null;
    try {
      await opening.openUrl(address.value);
      addressOpen.value = false;
    } catch (thrown) {
      const error = NadirError.from(thrown);
      failure.value = error.code === 'ABORTED' ? null : error.message;
    } finally {
      busy.value = false;
    }
  };
  return (
    <form
      class="crs-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (address.value.trim() && !busy.value) void open();
      }}
    >
      <label for="address">Address of a Cloud Optimized GeoTIFF (or any GeoTIFF)</label>
      <input
        id="address"
        type="text"
        inputMode="url"
        autocomplete="off"
        spellcheck={false}
        autofocus
        placeholder="https://example.org/scene.tif"
        value={address.value}
        onInput={(event) => {
          address.value = event.currentTarget.value;
        }}
      />
      <p class="muted">
        Nadir contacts only this host and requests only the parts of the file that it shows, without cookies and without
        following redirects. The host sees your address and which parts are read. Nothing else leaves this machine.
      </p>
      {failure.value && (
        <p class="failure" role="alert">
          {failure.value}
        </p>
      )}
      <footer>
        {busy.value && (
          <span class="muted" role="status">
            <span class="spinner" aria-hidden="true" /> Reading it
            {bytes === null ? ' …' : ` · ${formatBytes(bytes)} read`}
          </span>
        )}
        <span class="spring" />
        <button
          type="button"
          class="button"
          onClick={() => {
            addressOpen.value = false;
          }}
        >
          Cancel
        </button>
        <button type="submit" class="button primary" disabled={busy.value || !address.value.trim()}>
          Open
        </button>
      </footer>
    </form>
  );
}
