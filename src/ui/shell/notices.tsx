import { Icon } from '../parts/icon.tsx';
import { useSession } from '../session-context.ts';

/** Errors and other messages, with their code and what to do. */
export function Notices() {
  const { notices } = useSession();
  return (
    <div class="notices">
      {notices.shown.value.map((notice) => (
        <div class="notice" data-kind={notice.kind} role={notice.kind === 'error' ? 'alert' : 'status'} key={notice.id}>
          <span class="notice-icon">
            <Icon name={notice.kind === 'error' ? 'warning' : 'info'} />
          </span>
          <div class="notice-body">
            <p class="notice-title">
              {notice.title}
              {notice.code && <code>{notice.code}</code>}
            </p>
            <p>{notice.message}</p>
            {notice.action && (
              <button
                type="button"
                class="button"
                onClick={() => {
                  notice.action?.run();
                  notices.dismiss(notice.id);
                }}
              >
                {notice.action.label}
              </button>
            )}
          </div>
          <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => notices.dismiss(notice.id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
