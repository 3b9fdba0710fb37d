import type { Answer, SceneObject, TextRun } from '../../../session/document.ts';
import { isSeenBy } from '../../../session/review/objects.ts';
import type { DetectorClass } from '../../../vlm/types.ts';
import { useSession } from '../../session-context.ts';
import { mapCommands } from '../../ui-state.ts';
import { groupRuns, phraseOf } from './group-runs.ts';
import { ObjectLink } from './object-link.tsx';
import { ObjectLinks } from './object-links.tsx';

/** The answer's words as they arrive. Phrases that name objects become links to their boxes. */
export function AnswerText({ answer }: { answer: Answer }) {
  const session = useSession();
  // A command names objects that other answers found.
  const isNamed = (object: SceneObject) => answer.command !== undefined || isSeenBy(object, answer.id);
  const objects = new Map(session.review.objects.value.filter(isNamed).map((object) => [object.id, object]));
  const runs: TextRun[] = answer.runs.length > 0 ? groupRuns(answer.runs) : [{ text: answer.text, objectIds: [] }];
  const running = answer.status === 'running';
  const linked = new Set(runs.flatMap((run) => run.objectIds));
  const unlinked = [...objects.values()].filter(({ id }) => !answer.command && !linked.has(id));
  return (
    <div class="answer-text">
      <p>
        {runs.map((run, index) => (
          // Runs are identified by their index and only grow at the end.
          <Run run={run} objects={objects} total={objects.size} classes={answer.model.classes} key={index} />
        ))}
        {running && <span class="caret" aria-hidden="true" />}
      </p>
      {unlinked.length > 0 && (
        <p class="object-links">
          <ObjectLinks objects={unlinked} total={objects.size} />
        </p>
      )}
    </div>
  );
}

interface RunProps {
  run: TextRun;
  objects: ReadonlyMap<string, SceneObject>;
  total: number;
  classes: readonly DetectorClass[];
}

function Run({ run, objects, total, classes }: RunProps) {
  const named = run.objectIds.map((id) => objects.get(id)).filter((object) => object !== undefined);
  const [only] = named;
  if (run.place) return <PlaceLink text={run.text} {...run.place} />;
  if (!only) return <>{run.text}</>;
  // If the phrase names a single object ("car" or "car 2"), the phrase is the link, and its chip has the number.
  const phrase = phraseOf(run);
  const names = [only.label, classes.find(({ name }) => name === only.label)?.zh];
  if (named.length === 1 && names.some((name) => name?.toLowerCase() === phrase.toLowerCase())) {
    return <ObjectLink object={only} total={total} phrase={phrase} />;
  }
  return (
    <>
      {run.text !== '' && `${run.text} `}
      <ObjectLinks objects={named} total={total} />
    </>
  );
}

/** A place that an answer names: clicking moves the map there and marks it. */
function PlaceLink({ text, xPx, yPx }: { text: string; xPx: number; yPx: number }) {
  return (
    <button type="button" class="place-link" onClick={() => mapCommands.value?.centreOn(xPx, yPx)}>
      {text}
    </button>
  );
}
