import type { TaughtClass } from '../../teaching/taught-class.ts';
import { download } from '../download.ts';
import { loadedModel } from '../format/model-classes.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';
import { heatVisible } from './marking.ts';
import { takeClasses } from './take-class.ts';
import { findTaught } from './teach.ts';

/** The classes of this session: find, teach more, export, remove; and import. */
export function ClassList() {
  const session = useSession();
  const { teaching } = session;
  const classes = teaching.classes.value;
  const heat = teaching.heat.value;
  return (
    <div class="taught-classes">
      {classes.length > 0 && <h3>Taught classes</h3>}
      <ul aria-label="Taught classes">
        {classes.map((taught) => (
          <ClassRow key={taught.name} taught={taught} />
        ))}
      </ul>
      {heat && (
        <label class="check">
          <input
            type="checkbox"
            checked={heatVisible.value}
            onChange={(event) => {
              heatVisible.value = event.currentTarget.checked;
            }}
          />
          <span>Heat map of {heat.name}</span>
        </label>
      )}
      <label class="action import">
        Import a class…
        <input
          type="file"
          id="class-files"
          class="sr-only"
          accept=".json"
          multiple
          onChange={(event) => {
            const input = event.currentTarget;
            void takeClasses(session, [...(input.files ?? [])]);
            input.value = '';
          }}
        />
      </label>
    </div>
  );
}

function ClassRow({ taught }: { taught: TaughtClass }) {
  const session = useSession();
  const { teaching, notices } = session;
  const { name, counts, head, model } = taught;
  const loaded = loadedModel(session);
  const isOwn = loaded === null || loaded.hash === model.hash;
  return (
    <li class="taught-row">
      <span class="taught-name">{name}</span>
      <span class="count" data-tip={separationTip(head.separation)}>
        {counts.examples} ex.
      </span>
      <IconButton
        icon="target"
        label={`Find ${name}`}
        tip={isOwn ? `Find ${name} again` : `Taught to ${model.name} with other weights. Load that model.`}
        disabled={!isOwn || session.asking.running.value !== null}
        onClick={() => void findTaught(session, name)}
      />
      <IconButton
        icon="plus"
        label={`Teach ${name} more`}
        tip="Go on with its examples"
        onClick={() => teaching.resume(name)}
      />
      <IconButton
        icon="download"
        label={`Export ${name}`}
        onClick={() => void report(notices, 'export', () => download(teaching.write(name)))}
      />
      <IconButton icon="trash" label={`Remove ${name}`} onClick={() => teaching.remove(name)} />
    </li>
  );
}

/** What is known of how well a class can be told apart, in words. */
function separationTip(separation: number | null): string {
  if (separation === null) return 'One example says nothing of how well it can be told apart.';
  return `Left out of learning, an example still looked more like the class than ${Math.round(100 * separation)} % of the background.`;
}
