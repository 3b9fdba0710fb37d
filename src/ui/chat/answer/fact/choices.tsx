import type { Choice } from '../../../../session/facts/fact.ts';
import { report } from '../../../report.ts';
import { useSession } from '../../../session-context.ts';

/** What a question may have meant, as buttons; each asks it that way. */
export function Choices({ choices }: { choices: readonly Choice[] }) {
  const session = useSession();
  const busy = session.asking.running.value !== null;
  return (
    <div class="readings">
      {choices.map(({ text, question }) => (
        <button
          type="button"
          class="chip"
          key={question}
          disabled={busy}
          onClick={() => void report(session.notices, 'ask', () => session.asking.ask({ task: 'ask', text: question }))}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
