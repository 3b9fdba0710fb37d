import { planError } from './plan-error.ts';

/** What is measured. Areas and lengths are of each thing, unless they are totals or averages. */
export const quantities = [
  'area',
  'length',
  'distance',
  'share',
  'density',
  'average area',
  'total area',
  'perimeter',
  'spacing',
] as const;
export type Quantity = (typeof quantities)[number];

/** Errors: PLAN_INVALID. */
export function parseQuantity(text: string): Quantity {
  const name = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const quantity = quantities.find((each) => each === name);
  if (!quantity) throw planError('quantity', text, `one of ${quantities.join(', ')}`);
  return quantity;
}
