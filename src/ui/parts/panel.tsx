import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from './icon.tsx';

/** A titled, collapsible region. */
export function Panel({ title, children }: { title: string; children: ComponentChildren }) {
  const open = useSignal(true);
  const bodyId = useId();
  return (
    <section class="panel" aria-label={title}>
      <h2>
        <button
          type="button"
          class="panel-title"
          aria-expanded={open.value}
          aria-controls={bodyId}
          onClick={() => {
            open.value = !open.value;
          }}
        >
          {title}
          <Icon name="down" size={12} />
        </button>
      </h2>
      <div class="panel-body" id={bodyId} hidden={!open.value}>
        {children}
      </div>
    </section>
  );
}
