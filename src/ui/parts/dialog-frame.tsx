import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from './icon-button.tsx';
import './dialog-frame.css';

interface Props {
  open: Signal<boolean>;
  id: string;
  title: string;
  /** CSS class for the content and the width. */
  class: string;
  children: ComponentChildren;
}

/**
 * A modal dialog controlled by a signal. Escape and the close button close it, and the focus returns to where it was.
 */
export function DialogFrame({ open, id, title, class: own, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = open.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const close = () => {
    open.value = false;
  };
  return (
    <dialog ref={dialog} class={`dialog ${own}`} aria-labelledby={id} onClose={close}>
      <header>
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label={`Close: ${title}`} onClick={close} />
      </header>
      {isOpen && children}
    </dialog>
  );
}
