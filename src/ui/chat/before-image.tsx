import { formatGrouped } from '../format/format.ts';
import { Icon } from '../parts/icon.tsx';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';

const inputId = 'before-file';
const fromFile = 'file';

/** Opens the system's file dialog for the earlier image of a comparison. */
export function pickBeforeFile(): void {
  document.getElementById(inputId)?.click();
}

/** The hidden file input for the earlier image. Always on the page, because the command line uses it, too. */
export function BeforeFileInput() {
  const session = useSession();
  return (
    <input
      id={inputId}
      type="file"
      hidden
      aria-label="Earlier image"
      onChange={(event) => {
        const input = event.currentTarget;
        const file = input.files?.[0];
        if (file) void report(session.notices, 'open-earlier-image', () => session.comparison.open(file), [file.name]);
        input.value = ''; // so that choosing the same file again is a change
      }}
    />
  );
}

/** Which image the active layer is compared with (another layer or a file), and a button to remove it. */
export function BeforeImageRow() {
  const session = useSession();
  const before = session.comparison.before.value;
  const size = before && `${formatGrouped(before.info.width)} × ${formatGrouped(before.info.height)} px`;
  const opening = session.comparison.opening.value;
  const active = session.layers.active.value?.layerId;
  const others = session.layers.all.value.filter((layer) => layer.layerId !== active);
  const choose = (picked: string) => {
    if (picked === fromFile) return pickBeforeFile();
    const names = others.flatMap(({ layerId, name }) => (layerId === picked ? name : []));
    void report(session.notices, 'open-earlier-image', () => session.comparison.useLayer(picked), names);
  };
  return (
    <fieldset class="before-row">
      <legend class="sr-only">Earlier image</legend>
      <span>Earlier image</span>
      {opening !== null ? (
        <span class="muted" role="status">
          Opening {opening}…
        </span>
      ) : before ? (
        <span class="before-file" data-tip={`${before.info.fileName}, ${size}`}>
          <span class="before-name">{before.name ?? before.info.fileName}</span>
          <span class="muted">{size}</span>
        </span>
      ) : (
        <span class="muted">none</span>
      )}
      {!before && <span class="spring" />}
      {others.length === 0 ? (
        <button
          type="button"
          class="action"
          data-tip="An image of the same ground, taken earlier"
          disabled={opening !== null}
          onClick={pickBeforeFile}
        >
          {before ? 'Change…' : 'Choose…'}
        </button>
      ) : (
        <select
          aria-label="Choose the earlier image"
          value=""
          onChange={(event) => {
            choose(event.currentTarget.value);
            event.currentTarget.value = '';
          }}
        >
          <option value="" disabled>
            {before ? 'Change' : 'Choose'}
          </option>
          {others.map((layer) => (
            <option value={layer.layerId} key={layer.layerId}>
              {layer.name}
            </option>
          ))}
          <option value={fromFile}>A file…</option>
        </select>
      )}
      {before && (
        <button
          type="button"
          class="action"
          aria-label="Remove the earlier image"
          onClick={() => void session.comparison.close()}
        >
          <Icon name="close" size={14} />
        </button>
      )}
    </fieldset>
  );
}
