// Depthwise convolution, one square kernel a channel, any kernel, stride and padding:
// y[oy,ox,c] = act(sum_{ky,kx} x[oy*stride+ky-pad, ox*stride+kx-pad, c] * weight[ky*kernel+kx, c] + bias[c])
// x: f32[in_height, in_width, channels] (zero outside); y: f32[out_height, out_width, channels]; weight:
// Elem[kernel*kernel, channel_vecs * 4]; bias: f32[channel_vecs * 4]; row-major, channel_vecs = ceil(channels / 4), the padding is
// zero. act: activation.wgsl. Sums in f32.
// One thread per output pixel and four channels, channels first, so that neighbouring threads read neighbouring values; workgroups
// are spread over grid x, then y. Reference: depthwise.ref.ts
// Header: Elem, THREADS, ACTIVATION.

struct Dims {
  in_height: u32,
  in_width: u32,
  channels: u32,
  kernel: u32,
  stride: u32,
  pad: u32,
  out_height: u32,
  out_width: u32,
  channel_vecs: u32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<vec4<Elem>>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

/// Four channels of the value at `first`, zero past the last channel.
fn load_x(first: u32, channel: u32) -> vec4f {
  var value = vec4f();
  for (var j = 0u; j < 4u; j++) {
    if (channel + j < dims.channels) {
      value[j] = x[first + channel + j];
    }
  }
  return value;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.x + group.y * groups.x) * THREADS + thread;
  let pixel = at / dims.channel_vecs;
  if (pixel >= dims.out_height * dims.out_width) {
    return;
  }
  let vec = at % dims.channel_vecs;
  let corner = vec2i(vec2u(pixel % dims.out_width, pixel / dims.out_width) * dims.stride) - i32(dims.pad);

  var sum = vec4f();
  for (var ky = 0u; ky < dims.kernel; ky++) {
    let row = corner.y + i32(ky);
    if (row < 0 || row >= i32(dims.in_height)) {
      continue;
    }
    for (var kx = 0u; kx < dims.kernel; kx++) {
      let col = corner.x + i32(kx);
      if (col < 0 || col >= i32(dims.in_width)) {
        continue;
      }
      let first = (u32(row) * dims.in_width + u32(col)) * dims.channels;
      sum += load_x(first, vec * 4u) * vec4f(weight[(ky * dims.kernel + kx) * dims.channel_vecs + vec]);
    }
  }

  let value = activate(sum + bias[vec]);
  for (var j = 0u; j < 4u; j++) {
    let channel = vec * 4u + j;
    if (channel < dims.channels) {
      y[pixel * dims.channels + channel] = value[j];
    }
  }
}
