import { loadedModel } from '../format/model-classes.ts';
import { Panel } from '../parts/panel.tsx';
import { useSession } from '../session-context.ts';
import { ClassList } from './class-list.tsx';
import { ExampleList } from './example-list.tsx';
import { chooseMarking, marking } from './marking.ts';
import { teach } from './teach.ts';
import './teach.css';

/** Marks examples of something that the model has no name for, has it learned, and finds the rest. */
export function TeachPanel() {
  const session = useSession();
  const { teaching } = session;
  const { name, examples } = teaching.lesson.value;
  const model = loadedModel(session);
  if (model && !model.teachable) return null;
  const ones = examples.filter(({ isOne }) => isOne).length;
  const progress = teaching.progress.value;
  const running = session.asking.running.value !== null;
  const why = obstacle({ name, ones, ready: model !== null, running });
  return (
    <Panel title="Teach">
      <p class="muted">
        {ones === 0
          ? 'The model has no name for it? Mark three or more examples on the map, name them, and Nadir looks for the rest.'
          : `${ones} ${ones === 1 ? 'example' : 'examples'}${ones < 3 ? '; three or more are a fair start' : ''}. Mark what it isn’t where it finds too much.`}
      </p>
      <div class="teach-tools">
        <button
          type="button"
          class="button"
          aria-pressed={marking.value === 'one'}
          onClick={() => chooseMarking('one')}
        >
          Mark example
        </button>
        <button
          type="button"
          class="button"
          aria-pressed={marking.value === 'not-one'}
          onClick={() => chooseMarking('not-one')}
        >
          Not this
        </button>
      </div>
      <ExampleList />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (why === null && progress === null) void teach(session);
        }}
      >
        <label class="field-row">
          <span>Name</span>
          <input
            type="text"
            id="teach-name"
            maxLength={60}
            placeholder="greenhouse"
            autocomplete="off"
            value={name}
            onInput={(event) => teaching.rename(event.currentTarget.value)}
          />
        </label>
        <ReviewedButton />
        <div class="teach-actions">
          {progress ? (
            <>
              <span role="status">
                <span class="spinner" aria-hidden="true" />{' '}
                {progress.stage === 'learning' ? 'Learning' : `Looking at tile ${progress.done} of ${progress.total}`}
              </span>
              <button type="button" class="button" onClick={() => teaching.cancel()}>
                Cancel
              </button>
            </>
          ) : (
            <>
              <span class="muted">{why}</span>
              <button type="submit" class="button primary" aria-disabled={why !== null}>
                Teach and find
              </button>
            </>
          )}
        </div>
      </form>
      <ClassList />
    </Panel>
  );
}

interface Readiness {
  name: string;
  ones: number;
  ready: boolean;
  running: boolean;
}

/** Why it can't be taught now; null if it can. */
function obstacle({ name, ones, ready, running }: Readiness): string | null {
  if (ones === 0) return 'Mark an example first.';
  if (name.trim() === '') return 'Name it.';
  if (!ready) return 'The model is loading.';
  return running ? 'One answer at a time.' : null;
}

/** Offers what was accepted and rejected since. */
function ReviewedButton() {
  const { teaching } = useSession();
  const { accepted, rejected } = teaching.reviewed.value;
  if (accepted + rejected === 0) return null;
  const words = [accepted > 0 && `${accepted} accepted`, rejected > 0 && `${rejected} rejected`].filter(Boolean);
  return (
    <button
      type="button"
      class="action"
      data-tip="Accepted objects become examples, rejected ones examples of what it isn’t"
      onClick={() => teaching.takeReviewed()}
    >
      Learn from {words.join(' and ')}
    </button>
  );
}
