import { DialogFrame } from '../parts/dialog-frame.tsx';
import { shortcutList } from '../shortcuts.ts';
import { helpOpen } from '../ui-state.ts';

/** The keyboard shortcuts, and a short introduction. */
export function HelpDialog() {
  return (
    <DialogFrame class="help" open={helpOpen} id="help-title" title="Help">
      <p>
        Open a GeoTIFF, PNG, JPEG or WebP, then ask. The question is about the drawn region if there is one, else about
        what the map shows. The model runs on this machine; the image stays on it.
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
    </DialogFrame>
  );
}
