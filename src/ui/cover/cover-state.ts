import { signal } from '@preact/signals';
import type { CoverScope } from '../../session/cover/port.ts';

/** Where the legend's areas are measured. */
export const coverScope = signal<CoverScope>({ by: 'all' });
