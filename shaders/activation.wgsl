// The activation that matmul, conv2d and depthwise apply after their bias. Not a kernel: the bindings put this text before theirs.
// Header: ACTIVATION (0 none, 1 GELU by its tanh approximation, 2 ReLU6). Reference: activation.ref.ts

fn activate(v: vec4f) -> vec4f {
  if (ACTIVATION == 0u) {
    return v;
  }
  if (ACTIVATION == 2u) {
    return clamp(v, vec4f(), vec4f(6.0));
  }
  // tanh(10) is 1 in f32; larger arguments give NaN on some drivers.
  let u = clamp(0.7978845608028654 * (v + 0.044715 * v * v * v), vec4f(-10.0), vec4f(10.0));
  return 0.5 * v * (1.0 + tanh(u));
}
