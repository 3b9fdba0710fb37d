/** The activation that a kernel applies after its bias. */
export type Activation = 'none' | 'gelu' | 'relu6';

/** GELU (tanh approximation), ReLU6 (the value held between 0 and 6), or the identity. */
export function activateRef(value: number, activation: Activation): number {
  if (activation === 'none') return value;
  if (activation === 'relu6') return Math.min(Math.max(value, 0), 6);
  return 0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3)));
}
