import activationSource from '../../../shaders/activation.wgsl?raw';

/** What a kernel applies after its bias: nothing, GELU (tanh approximation) or ReLU6. */
export type Activation = 'none' | 'gelu' | 'relu6';

const codes: Record<Activation, number> = { none: 0, gelu: 1, relu6: 2 };

/** A kernel's constant ACTIVATION. */
export function activationConstant(activation: Activation): { ACTIVATION: number } {
  return { ACTIVATION: codes[activation] };
}

/** A kernel's text after that of the function `activate`, which it calls. */
export function withActivation(kernel: string): string {
  return `${activationSource}\n${kernel}`;
}
