/** The activation that a kernel applies after its bias. */
export type Activation = 'none' | 'gelu';

/** GELU (tanh approximation), or the identity. */
export function activateRef(value: number, activation: Activation): number {
  if (activation === 'none') return value;
  return 0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3)));
}
