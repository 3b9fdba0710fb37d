import { useSignal } from '@preact/signals';
import { NadirError } from '../../../lib/errors.ts';
import { type Plan, parsePlan, takesSeveralPlaces } from '../../../plan/plan.ts';
import { wordsFor } from '../../../plan/subjects.ts';
import { corners, directions, sides } from '../../../plan/terms/part.ts';
import { quantities } from '../../../plan/terms/quantity.ts';
import { formatWhere, parseWhere, placesIn } from '../../../plan/terms/where.ts';
import type { Answer } from '../../../session/document.ts';
import { report } from '../../report.ts';
import { useSession } from '../../session-context.ts';

type Intent = Plan['intent'];

const intentNames: Record<Intent, string> = {
  find: 'Find',
  count: 'Count',
  exists: 'Is there',
  compare: 'Compare',
  extreme: 'Which is',
  measure: 'Measure',
  attribute: 'Attribute',
  describe: 'Describe',
  classify: 'Classify',
  identify: 'Identify',
  quality: 'Check quality',
  change: 'What changed',
  help: 'Help',
  outside: 'Something else',
};
/** Those that a user may change a question to. */
const offered: readonly Intent[] = ['find', 'count', 'exists', 'compare', 'extreme', 'measure', 'describe', 'classify'];

const parts = [
  ...sides.map((side) => `${side} half`),
  ...directions,
  ...corners.map((corner) => `${corner} quadrant`),
  'centre',
  'edges',
  'marked region',
];
const orders = [
  'largest',
  'smallest',
  'longest',
  'shortest',
  ...['north', 'south', 'west', 'east'].map((direction) => `${direction}ernmost`),
  ...sides.map((side) => `${side}most`),
  'most certain',
  'least certain',
];

/** How a question was read, as chips. Changing one runs the plan again on what was gathered already. */
export function PlanChips({ answer, plan }: { answer: Answer; plan: Plan }) {
  const session = useSession();
  const busy = session.asking.running.value !== null;
  const change = (part: Partial<Plan>) => {
    void report(session.notices, 'ask', () => session.asking.runPlan(answer.id, { ...plan, ...part }));
  };
  const known = answer.result?.known ?? [];
  const takesOrder = plan.intent === 'extreme' || plan.intent === 'find' || plan.order !== null;
  const takesQuantity = ['measure', 'compare'].includes(plan.intent) || plan.quantity !== null;
  return (
    <fieldset class="plan-chips" aria-label="How the question was read" disabled={busy}>
      <Choice
        label="What is asked"
        value={plan.intent}
        options={offered}
        nameOf={(intent) => intentNames[intent as Intent]}
        onChange={(intent) => change(asIntent(plan, intent as Intent))}
      />
      {plan.subjects.map((subject, index) => (
        <Choice
          key={subject}
          label={plan.subjects.length > 1 ? `Subject ${index + 1}` : 'Subject'}
          value={subject}
          options={[...new Set([subject, ...known])]}
          nameOf={(name) => wordsFor(name).plural ?? wordsFor(name).name}
          onChange={(name) => change({ subjects: plan.subjects.map((each, i) => (i === index ? name : each)) })}
        />
      ))}
      <Places plan={plan} onChange={(where) => change({ where })} />
      {takesOrder && (
        <Choice
          label="Order"
          value={plan.order ?? ''}
          options={['', ...orders]}
          nameOf={(name) => (name === '' ? 'any order' : name.replace(':', ' to '))}
          onChange={(order) => change({ order: order === '' ? null : order })}
        />
      )}
      {takesQuantity && (
        <Choice
          label="Quantity"
          value={plan.quantity ?? ''}
          options={['', ...quantities]}
          nameOf={(name) => (name === '' ? 'number' : name)}
          onChange={(quantity) => change({ quantity: quantity === '' ? null : quantity })}
        />
      )}
      <FilterChip plan={plan} onChange={(filter) => change({ filter })} />
    </fieldset>
  );
}

/** Another intent may take only one place. */
function asIntent({ where }: Plan, intent: Intent): Partial<Plan> {
  const [first] = places(where);
  return takesSeveralPlaces(intent) || first === undefined ? { intent } : { intent, where: first };
}

/** The places that a plan names, each as it is written. */
const places = (where: string | null) =>
  where === null ? [] : placesIn(parseWhere(where)).map((place) => formatWhere(place));

/** A chip for each place; several can be told apart. */
function Places({ plan, onChange }: { plan: Plan; onChange(where: string | null): void }) {
  const named = places(plan.where);
  const put = (index: number, name: string) => {
    const next = named.map((each, i) => (i === index ? name : each)).filter((each) => each !== '');
    onChange(next.length > 0 ? [...new Set(next)].join(', ') : null);
  };
  return named.length > 1 ? (
    named.map((name, index) => (
      <Choice
        key={name}
        label={`Place ${index + 1}`}
        value={name}
        options={['', ...parts]}
        nameOf={placeName}
        onChange={(chosen) => put(index, chosen)}
      />
    ))
  ) : (
    <Choice
      label="Where"
      value={plan.where ?? ''}
      options={['', ...parts]}
      nameOf={placeName}
      onChange={(where) => onChange(where === '' ? null : where)}
    />
  );
}

const placeName = (name: string) => (name === '' ? 'anywhere' : name.replace(/^layer:/, 'in ').replace(':', ' '));

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly string[];
  nameOf(value: string): string;
  onChange(value: string): void;
}

function Choice({ label, value, options, nameOf, onChange }: ChoiceProps) {
  return (
    <select
      class="chip"
      aria-label={label}
      data-tip={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {[...new Set([...options, value])].map((option) => (
        <option value={option} key={option}>
          {nameOf(option)}
        </option>
      ))}
    </select>
  );
}

/** A condition is typed; one that can't be read is said beside it, and the answer stays. */
function FilterChip({ plan, onChange }: { plan: Plan; onChange(filter: string | null): void }) {
  const wrong = useSignal<string | null>(null);
  const enter = (text: string) => {
    const filter = text.trim() === '' ? null : text.trim();
    if (filter === plan.filter) return;
    try {
      parsePlan({ ...plan, filter });
      wrong.value = null;
      onChange(filter);
    } catch (thrown) {
      wrong.value = NadirError.from(thrown).message;
    }
  };
  return (
    <>
      <input
        class="chip"
        type="text"
        size={Math.max(8, (plan.filter ?? '').length)}
        aria-label="Condition"
        aria-invalid={wrong.value !== null}
        data-tip="Condition, such as area>200 m2, score>=0.8 or top 3"
        placeholder="condition"
        value={plan.filter ?? ''}
        onChange={(event) => enter(event.currentTarget.value)}
      />
      {wrong.value !== null && <p class="field-error">{wrong.value}</p>}
    </>
  );
}
