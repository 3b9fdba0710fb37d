import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from '../icon-button.tsx';
import { shortcutList } from '../shortcuts.ts';
import { helpOpen } from '../ui-state.ts';

/** What the keys do, and what Nadir does with a file. */
export function HelpDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={() => {
        helpOpen.value = false;
      }}
    >
      <header>
        <h2 id="help-title">Help</h2>
        <IconButton
          icon="close"
          label="Close help"
          onClick={() => {
            helpOpen.value = false;
          }}
        />
      </header>
      <p>
        Open a GeoTIFF, PNG or JPEG, then ask. The question is about the drawn region if there is one, else about what
        the map shows. The model runs on this machine; the image stays on it.
      </p>
      <p>
        Boxes come from a small model that misses objects and invents some. Accept or reject each one; rejected boxes
        are left out of exports.
      </p>
      <h3>Keyboard</h3>
      <table class="keys">
        <tbody>
          {shortcutList.map(({ keys, does }) => (
            <tr key={does}>
              <th scope="row">
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </dialog>
  );
}
