import type { Plan } from '../../../plan/plan.ts';
import { writePlan } from '../../../plan/write/write.ts';
import type { Answer } from '../../../session/document.ts';
import { report } from '../../report.ts';
import { useSession } from '../../session-context.ts';

/** What a question may have meant, as buttons; each answers it that way. */
export function Readings({ answer, readings }: { answer: Answer; readings: readonly Plan[] }) {
  const session = useSession();
  const busy = session.asking.running.value !== null;
  return (
    <div class="readings">
      {readings.map((plan) => (
        <button
          type="button"
          class="chip"
          key={JSON.stringify(plan)}
          disabled={busy}
          onClick={() => void report(session.notices, 'ask', () => session.asking.runPlan(answer.id, plan))}
        >
          {writePlan(plan)}
        </button>
      ))}
    </div>
  );
}
