import type { Session } from '../../session/port.ts';
import { download } from '../download.ts';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';
import { MoreMenu } from './more-menu.tsx';

interface Props {
  /** Default: all answers of the active layer. */
  answerIds?: readonly string[];
  /** Text and tooltip of the button, given the format's name. */
  text: (format: string) => string;
  tip: (format: string) => string;
  disabled?: boolean;
  /** Whether what is saved is about the land cover, which has formats of its own. */
  hasCover?: boolean;
}

/** Saves answers in the first export format. The menu beside it has the other formats. */
export function ExportButton({ answerIds, text, tip, disabled = false, hasCover = false }: Props) {
  const session = useSession();
  const [first, ...others] = session.exporting.formats.filter(({ about }) => about === undefined || hasCover);
  if (!first) return null;
  return (
    <div class="split-button">
      <button
        type="button"
        class="action"
        disabled={disabled}
        data-tip={tip(first.label)}
        onClick={() => save(session, first.id, answerIds)}
      >
        {text(first.label)}
      </button>
      {others.length > 0 && (
        <MoreMenu
          label="More formats"
          menuLabel="Formats"
          class="action"
          disabled={disabled}
          items={others.map(({ id, label, extension }) => ({
            key: id,
            text: label,
            note: `.${extension}`,
            run: () => save(session, id, answerIds),
          }))}
        />
      )}
    </div>
  );
}

function save(
  session: Pick<Session, 'exporting' | 'notices'>,
  formatId: string,
  answerIds: readonly string[] | undefined,
): void {
  void report(session.notices, 'export', async () => download(await session.exporting.exportAs(formatId, answerIds)));
}
