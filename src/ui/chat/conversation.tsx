import { AnswerList } from './answer/answer-list.tsx';
import { Composer } from './composer.tsx';
import './chat.css';

/** Questions and answers about the open scene, and the place to ask. */
export function Conversation() {
  return (
    <section class="panel conversation" aria-label="Conversation">
      <h2 class="panel-heading">Conversation</h2>
      <AnswerList />
      <Composer />
    </section>
  );
}
