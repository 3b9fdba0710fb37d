import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { OpenScene } from '../../session/document.ts';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { useSession } from '../session-context.ts';
import { CrsPreview } from './crs-preview.tsx';
import { CrsSearch } from './crs-search.tsx';
import { crsOpen } from './crs-state.ts';
import { useDescribed } from './use-described.ts';
import './crs.css';

/** Chooses the active layer's coordinate system: by code or name, or from a pasted definition. */
export function CrsDialog() {
  const scene = useSession().layers.active.value;
  return (
    <DialogFrame class="ask-dialog" open={crsOpen} id="crs-title" title="Coordinate system">
      {scene && <CrsForm key={scene.layerId} scene={scene} />}
    </DialogFrame>
  );
}

function CrsForm({ scene }: { scene: OpenScene }) {
  const session = useSession();
  const text = useSignal<string | null>(null);
  const failure = useSignal<string | null>(null);
  const described = useDescribed(text.value, scene.layerId);
  const { georeference } = scene.info;
  useEffect(() => {
    failure.value = null;
  }, [text.value, failure]);
  if (georeference.kind === 'none') return <Unplaced reason={georeference.reason} />;

  const set = async (chosen: string | null) => {
    try {
      await session.crs.choose(chosen, scene.layerId);
      crsOpen.value = false;
    } catch (thrown) {
      failure.value = thrown instanceof Error ? thrown.message : String(thrown);
    }
  };
  const own = georeference.chosenOver ?? georeference;
  const ownWords = [own.crs, own.crsName].filter((part, i, all) => part && all.indexOf(part) === i).join(' · ');
  return (
    <form
      class="crs-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (described.choice && text.value !== null) void set(text.value);
      }}
    >
      <p class="crs-own">
        {ownWords ? (
          <>
            {scene.name} states <strong>{ownWords}</strong>.
          </>
        ) : (
          <>{scene.name} has coordinates and states no coordinate system.</>
        )}
        {georeference.chosenOver && <> You chose {georeference.crs}.</>}
      </p>
      <CrsSearch
        onPick={(code) => {
          text.value = `EPSG:${code}`;
        }}
      />
      <details class="crs-paste">
        <summary>Paste a definition</summary>
        <textarea
          rows={3}
          spellcheck={false}
          aria-label="proj4 definition or WKT"
          placeholder="+proj=utm +zone=11 +datum=WGS84, or WKT: PROJCS[…]"
          onInput={(event) => {
            text.value = event.currentTarget.value.trim() || null;
          }}
        />
      </details>
      <CrsPreview scene={scene} described={described} asked={text.value} />
      {failure.value && (
        <p class="failure" role="alert">
          {failure.value}
        </p>
      )}
      <footer>
        {georeference.chosenOver && (
          <button type="button" class="button" onClick={() => void set(null)}>
            Use the image’s own
          </button>
        )}
        <span class="spring" />
        <button
          type="button"
          class="button"
          onClick={() => {
            crsOpen.value = false;
          }}
        >
          Cancel
        </button>
        <button type="submit" class="button primary" disabled={!described.choice}>
          Use this one
        </button>
      </footer>
    </form>
  );
}

function Unplaced({ reason }: { reason: string }) {
  return (
    <div class="crs-form">
      <p>{reason}</p>
      <p>
        A coordinate system alone doesn’t place the image. Drop its world file (.tfw, .pgw, .wld), .tab or .aux.xml onto
        the window, then choose the system here if they don’t name one.
      </p>
    </div>
  );
}
