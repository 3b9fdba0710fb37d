import { IconButton } from '../parts/icon-button.tsx';
import { type ThemeChoice, theme } from '../ui-state.ts';

const order: readonly ThemeChoice[] = ['system', 'dark', 'light'];
const words: Record<ThemeChoice, string> = { system: 'as the system', dark: 'dark', light: 'light' };
const icons = { system: 'system', dark: 'moon', light: 'sun' } as const;

/** Switches between system, dark and light. */
export function ThemeToggle() {
  const next = order[(order.indexOf(theme.value) + 1) % order.length]!;
  return (
    <IconButton
      icon={icons[theme.value]}
      label={`Theme: ${words[theme.value]}`}
      tip={`Theme: ${words[theme.value]}. Change to ${words[next]}`}
      onClick={() => {
        theme.value = next;
      }}
    />
  );
}
