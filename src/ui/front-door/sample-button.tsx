import { Icon } from '../parts/icon.tsx';
import { MoreMenu } from '../parts/more-menu.tsx';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';

/** Opens the first sample directly. The menu beside it has the others. */
export function SampleButton() {
  const session = useSession();
  const samples = session.opening.samples.value;
  const [first] = samples;
  const opening = session.opening.name.value !== null;
  const open = (file: string) =>
    void report(session.notices, 'open-image', () => session.opening.openSample(file), [file]);
  return (
    <div class="split-button">
      <button
        type="button"
        class="button large"
        disabled={!first || opening}
        data-tip={first?.description}
        onClick={() => first && open(first.file)}
      >
        <Icon name="scene" />
        Sample scene
      </button>
      {samples.length > 1 && (
        <MoreMenu
          label="More samples"
          menuLabel="Samples"
          class="button large"
          disabled={opening}
          items={samples.map(({ file, title, description }) => ({
            key: file,
            text: title,
            note: description,
            run: () => open(file),
          }))}
        />
      )}
    </div>
  );
}
