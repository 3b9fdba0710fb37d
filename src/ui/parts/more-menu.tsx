import { useId } from 'preact/hooks';
import { Icon } from './icon.tsx';
import './more-menu.css';

interface Props {
  /** Accessible names of the button and of its menu. */
  label: string;
  menuLabel: string;
  /** CSS classes of the button besides `more`: those of the neighbouring button. */
  class: string;
  disabled: boolean;
  items: readonly { key: string; text: string; note?: string; run: () => void }[];
}

/** A button with an arrow that opens a menu below it. Part of a `split-button`, right of the first choice. */
export function MoreMenu({ label, menuLabel, class: className, disabled, items }: Props) {
  const id = `menu-${useId()}`;
  return (
    <>
      <button
        type="button"
        class={`${className} more`}
        style={`anchor-name: --${id}`}
        aria-label={label}
        aria-haspopup="menu"
        popovertarget={id}
        disabled={disabled}
      >
        <Icon name="down" />
      </button>
      <div
        class="popover menu"
        id={id}
        style={`position-anchor: --${id}`}
        popover="auto"
        role="menu"
        aria-label={menuLabel}
      >
        {items.map(({ key, text, note, run }) => (
          <button
            type="button"
            role="menuitem"
            key={key}
            popovertarget={id}
            popovertargetaction="hide"
            onClick={() => run()}
          >
            {text}
            {note !== undefined && <small>{note}</small>}
          </button>
        ))}
      </div>
    </>
  );
}
