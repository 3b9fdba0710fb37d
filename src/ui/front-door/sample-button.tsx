import { Icon } from '../icon.tsx';
import { useSession } from '../session-context.ts';

/** Opens the first sample at once; the others are in the menu beside it. */
export function SampleButton() {
  const session = useSession();
  const samples = session.samples.value;
  const [first] = samples;
  const opening = session.opening.value !== null;
  // A failure becomes a notice in the session.
  const open = (file: string) => session.openSample(file).catch(() => undefined);
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
        <>
          <button
            type="button"
            class="button large more"
            aria-label="More samples"
            aria-haspopup="menu"
            popovertarget="sample-menu"
            disabled={opening}
          >
            <Icon name="down" />
          </button>
          <div class="popover sample-menu" id="sample-menu" popover="auto" role="menu" aria-label="Samples">
            {samples.map((sample) => (
              <button
                type="button"
                role="menuitem"
                key={sample.file}
                popovertarget="sample-menu"
                popovertargetaction="hide"
                onClick={() => open(sample.file)}
              >
                {sample.title}
                <small>{sample.description}</small>
              </button>
            ))}
          </div>
        </>
      )}
    </div>
  );
}
