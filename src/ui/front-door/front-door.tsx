import { addressOpen } from '../crs/crs-state.ts';
import { Icon } from '../parts/icon.tsx';
import { useSession } from '../session-context.ts';
import { pickFile } from '../shell/file-input.tsx';
import { OpeningLine } from '../shell/opening-line.tsx';
import { EarlierSessions } from './earlier-sessions.tsx';
import { ModelProgress } from './model-progress.tsx';
import { SampleButton } from './sample-button.tsx';
import './front-door.css';

/** The start page: where to drop a file, what happens next, and the model's loading progress. */
export function FrontDoor() {
  const session = useSession();
  const opening = session.opening.name.value;
  return (
    <main class="front-door">
      <div class="drop-target">
        <svg class="drop-art" viewBox="0 0 120 72" aria-hidden="true">
          <path d="M12 8h96v56H12z" class="frame" />
          <path d="M12 26h96M12 46h96M44 8v56M76 8v56" class="grid" />
          <path d="m50.5 33 22-8 7 18-22 8z" class="box" />
          <path d="M65 32.2v11.6M59.2 38h11.6" class="cross" />
        </svg>
        <h2>{opening === null ? 'Drop an image here' : `Opening ${opening}`}</h2>
        {opening === null ? (
          <p class="formats">GeoTIFF, PNG, JPEG or WebP, of any size</p>
        ) : (
          <p class="formats opening-note">
            <OpeningLine words="Reading the file and measuring its values" />
          </p>
        )}
        <div class="door-actions">
          <button type="button" class="button primary large" disabled={opening !== null} onClick={pickFile}>
            <Icon name="open" />
            Open…
          </button>
          <button
            type="button"
            class="button large"
            disabled={opening !== null}
            onClick={() => {
              addressOpen.value = true;
            }}
          >
            <Icon name="globe" />
            Open address…
          </button>
          <SampleButton />
        </div>
      </div>
      <EarlierSessions />
      <div class="door-words">
        <p>Nadir shows aerial and satellite images and answers questions about them with a vision-language model.</p>
        <p>Its answers point to boxes and masks on the map, which you check, correct and export as GeoJSON.</p>
        <p>The model runs in this tab, on your own machine; nothing you open leaves it.</p>
      </div>
      <ModelProgress />
    </main>
  );
}
