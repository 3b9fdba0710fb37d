import { useEffect, useRef } from 'preact/hooks';
import { useSession } from '../session-context.ts';
import { AnswerCard } from './answer-card.tsx';

/** How near its end the list counts as read to the end, in pixels. */
const endSlackPx = 40;

/** The answers, oldest first. Redrawn with every token, hence apart from the composer. */
export function AnswerList() {
  const session = useSession();
  const answers = session.answers.value;
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);

  // New words scroll into sight unless the reader has scrolled away.
  useEffect(() => {
    const element = list.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [answers]);
  useEffect(() => {
    if (!list.current) return;
    atEnd.current = true;
    list.current.scrollTop = list.current.scrollHeight;
  }, [answers.length]);

  const last = answers[answers.length - 1];
  return (
    <>
      <div
        class="answers"
        ref={list}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
        tabIndex={0}
        role="log"
        // Every token would be spoken: the finished answer is, below.
        aria-live="off"
        aria-label="Answers"
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < endSlackPx;
        }}
      >
        {answers.length === 0 && (
          <p class="empty">
            Ask about what the map shows, or choose a task below. Draw a region to ask about part of it.
          </p>
        )}
        {answers.map((answer) => (
          <AnswerCard answer={answer} key={answer.id} />
        ))}
      </div>
      <p class="sr-only" role="status">
        {last && last.status !== 'running' ? last.text : ''}
      </p>
    </>
  );
}
