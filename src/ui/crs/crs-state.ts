import { signal } from '@preact/signals';

/** Whether the dialog that chooses the active layer's coordinate system is open. */
export const crsOpen = signal(false);

/** Whether the dialog that asks for an image's address is open. */
export const addressOpen = signal(false);
