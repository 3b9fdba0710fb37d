import { Icon, type IconName } from './icon.tsx';

interface Props {
  icon: IconName;
  /** Accessible name; also the tooltip unless `tip` is given. */
  label: string;
  tip?: string | undefined;
  pressed?: boolean | undefined;
  expanded?: boolean | undefined;
  disabled?: boolean | undefined;
  onClick: () => void;
}

/** A square button with an icon. Its name is read by screen readers and shown as a tooltip. */
export function IconButton({ icon, label, tip, pressed, expanded, disabled, onClick }: Props) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      data-tip={tip ?? label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
