import { useEffect, useRef } from 'preact/hooks';
import { useSession } from '../../session-context.ts';
import { AnswerCard } from './answer-card.tsx';

/** Within this many pixels of its end, the list counts as scrolled to the end. */
const endSlackPx = 40;

/** The answers, oldest first. Separate from the composer because it is redrawn with every token. */
export function AnswerList() {
  const { asking } = useSession();
  const answers = asking.answers.value;
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);

  // Scrolls new words into view unless the reader has scrolled away.
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
        // A screen reader would speak every token. The finished answer is announced below.
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
