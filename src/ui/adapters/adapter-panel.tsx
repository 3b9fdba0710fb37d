import { useSignal } from '@preact/signals';
import type { AdapterInfo } from '../../vlm/types.ts';
import { chooseFolder } from '../choose-folder.ts';
import { formatBytes, formatGrouped } from '../format/format.ts';
import { useSession } from '../session-context.ts';
import './adapters.css';
import { adapterFailure, changeAdapter } from './change-adapter.ts';
import { droppedFiles } from './dropped-files.ts';

/** A LoRA adapter on the model: choose or drop its folder, see its details, remove it. */
export function AdapterPanel() {
  const session = useSession();
  const { info, changing, error } = session.adapter.current.value;
  const over = useSignal(false);
  const answering = session.asking.running.value !== null;
  const closed = changing !== null || answering || session.model.state.value.status !== 'ready';
  const attach = (files: readonly File[]) => void changeAdapter(() => session.adapter.attach(files));
  const failure = adapterFailure.value ?? error;

  return (
    <fieldset
      class="adapter-panel"
      data-over={over.value}
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) over.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        if (event.dataTransfer && !closed) void droppedFiles(event.dataTransfer).then(attach);
      }}
    >
      <legend>Adapter</legend>
      {info ? <AdapterFacts info={info} /> : <p class="muted">None: the base model answers.</p>}
      <div class="adapter-actions" aria-busy={changing !== null}>
        <button type="button" class="button" disabled={closed} onClick={() => chooseFolder(attach)}>
          {info ? 'Exchange…' : 'Choose folder…'}
        </button>
        {info && (
          <button
            type="button"
            class="button"
            disabled={closed}
            onClick={() => void changeAdapter(() => session.adapter.detach())}
          >
            Detach
          </button>
        )}
        <span role="status">
          {changing ? (
            <>
              <span class="spinner" aria-hidden="true" /> {changing}
            </>
          ) : answering ? (
            'Locked while a question is being answered'
          ) : (
            'or drop a LoRA folder here'
          )}
        </span>
      </div>
      {failure && (
        <div class="failure" role="alert">
          <p>{failure.message}</p>
          <code>{failure.code}</code>
        </div>
      )}
    </fieldset>
  );
}

function AdapterFacts({ info }: { info: AdapterInfo }) {
  return (
    <dl class="facts">
      <dt>Name</dt>
      <dd>{info.name}</dd>
      {info.about && (
        <>
          <dt>About</dt>
          <dd>{info.about}</dd>
        </>
      )}
      <dt>Kind</dt>
      <dd>
        {info.partial ? 'Partial LoRA (image rows only)' : 'LoRA'}, rank {info.rank}, α {info.alpha}
      </dd>
      {info.targets.length > 0 && (
        <>
          <dt>Changes</dt>
          <dd>{info.targets.join(', ')}</dd>
        </>
      )}
      <dt>Size</dt>
      <dd>
        {formatBytes(info.sizeBytes)}, {formatGrouped(info.parameters)} numbers
      </dd>
      <dt>Licence</dt>
      <dd>{info.licence ?? 'not stated'}</dd>
      <dt>Hash</dt>
      <dd>
        <code class="hash">{info.hash}</code>
      </dd>
    </dl>
  );
}
