import type { EarlierSession } from '../../session/keeping/port.ts';
import { formatAge } from '../format/format.ts';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';

/** Sessions of closed tabs, to continue or to delete. Empty if there are none. */
export function EarlierSessions() {
  const session = useSession();
  const earlier = session.keeping.earlier.value;
  if (earlier.length === 0) return null;
  return (
    <section class="earlier" aria-label="Earlier sessions">
      <h3>Earlier sessions</h3>
      <ul>
        {earlier.map((each) => (
          <li key={each.id}>
            <span class="earlier-names">{each.names.join(', ')}</span>
            <span class="muted">{facts(each)}</span>
            <button
              type="button"
              class="action"
              aria-label={`Open the session of ${each.names.join(', ')}`}
              disabled={session.opening.name.value !== null}
              onClick={() =>
                void report(session.notices, 'open-earlier-session', () => session.keeping.openEarlier(each.id))
              }
            >
              Open
            </button>
            <button
              type="button"
              class="action"
              aria-label={`Delete the session of ${each.names.join(', ')}`}
              data-tip="Deletes its images, answers and reviews from this browser"
              onClick={() =>
                void report(session.notices, 'delete-earlier-session', () => session.keeping.deleteEarlier(each.id))
              }
            >
              Delete
            </button>
          </li>
        ))}
      </ul>
      <p class="muted">Sessions of closed tabs: the latest twelve, kept in this browser for 30 days.</p>
    </section>
  );
}

function facts({ answers, savedAtMs }: EarlierSession): string {
  const count = answers === 0 ? 'no answers' : answers === 1 ? '1 answer' : `${answers} answers`;
  return `${count}, ${formatAge(Date.now() - savedAtMs)}`;
}
