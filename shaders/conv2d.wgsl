// Convolution as a matrix product without an im2col buffer (implicit GEMM), any kernel, stride, padding and band count:
// y[oy,ox,n] = act(sum_{ky,kx,c} x[oy*stride+ky-pad, ox*stride+kx-pad, c] * weight[(ky*kernel+kx)*in_channels+c, n] + bias[n])
//              + residual[oy,ox,n]
// x: f32[in_height, in_width, in_channels] (zero outside; out_height and out_width say how far below and to the right); residual, y: f32[out_height, out_width, cols]; weight:
// Elem[kernel*kernel*in_channels, col_vecs * 4]; bias: f32[col_vecs * 4]; row-major, col_vecs = ceil(cols / 4), the
// padding is zero. act: activation.wgsl. Sums in f32.
// One workgroup per TILE_M x TILE_N tile of y (rows = output pixels in raster order); it walks (ky, kx, c) in steps of
// TILE_K through workgroup memory. A thread keeps 4 x 4 sums. Tiles are numbered along cols first and spread over grid
// x, then y.
// Header: Elem, TILE_M, TILE_N, TILE_K, ACTIVATION, HAS_RESIDUAL. Reference: conv2d.ref.ts
// Without a residual, its binding holds the bias and isn't read.

struct Dims {
  in_height: u32,
  in_width: u32,
  in_channels: u32,
  kernel: u32,
  stride: u32,
  pad: u32,
  out_height: u32,
  out_width: u32,
  cols: u32,
  col_vecs: u32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<vec4<Elem>>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read> residual: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

const THREADS_N = TILE_N / 4u;
const THREADS_M = TILE_M / 4u;
const THREADS = THREADS_N * THREADS_M;
// vec4s that a thread loads per step: four pixels of x at one (ky, kx, c); one (ky, kx, c) of weight at four columns.
// TILE_K divides THREADS, so a thread's k is the same in all its loads of x.
const X_LOADS = THREADS_M * TILE_K / THREADS;
const W_LOADS = THREADS_N * TILE_K / THREADS;
// One more than THREADS_M, so that neighbouring threads write to different memory banks.
const X_STRIDE = THREADS_M + 1u;

var<workgroup> x_tile: array<vec4f, TILE_K * X_STRIDE>;
var<workgroup> w_tile: array<vec4f, TILE_K * THREADS_N>;

/// Top left input pixel of output pixel `row`; outside the image for a row past the end.
fn corner(row: u32) -> vec2i {
  if (row < dims.out_height * dims.out_width) {
    return vec2i(vec2u(row % dims.out_width, row / dims.out_width) * dims.stride) - i32(dims.pad);
  }
  return vec2i(i32(dims.in_width), i32(dims.in_height));
}

/// x at (column, row) `at`, zero outside the image.
fn load_x(at: vec2i, channel: u32) -> f32 {
  if (at.x >= 0 && at.y >= 0 && at.x < i32(dims.in_width) && at.y < i32(dims.in_height)) {
    return x[(u32(at.y) * dims.in_width + u32(at.x)) * dims.in_channels + channel];
  }
  return 0.0;
}

fn store(row: u32, col_vec: u32, sum: vec4f) {
  if (row >= dims.out_height * dims.out_width || col_vec >= dims.col_vecs) {
    return;
  }
  let value = activate(sum + bias[col_vec]);
  for (var j = 0u; j < 4u; j++) {
    let col = col_vec * 4u + j;
    if (col < dims.cols) {
      let at = row * dims.cols + col;
      if (HAS_RESIDUAL) {
        y[at] = value[j] + residual[at];
      } else {
        y[at] = value[j];
      }
    }
  }
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let inner = dims.kernel * dims.kernel * dims.in_channels;
  let tile = group.x + group.y * groups.x;
  let tiles_n = (dims.cols + TILE_N - 1u) / TILE_N;
  let row0 = (tile / tiles_n) * TILE_M;
  let vec0 = (tile % tiles_n) * THREADS_N;
  let thread_n = thread % THREADS_N;
  let thread_m = thread / THREADS_N;
  let x_k = thread % TILE_K;

  var corners: array<vec2i, 4u * X_LOADS>;
  for (var i = 0u; i < X_LOADS; i++) {
    let row = row0 + (thread + i * THREADS) / TILE_K * 4u;
    for (var j = 0u; j < 4u; j++) {
      corners[i * 4u + j] = corner(row + j);
    }
  }

  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  for (var k0 = 0u; k0 < inner; k0 += TILE_K) {
    let k = k0 + x_k;
    let tap = k / dims.in_channels;
    let channel = k % dims.in_channels;
    let offset = vec2i(vec2u(tap % dims.kernel, tap / dims.kernel));
    for (var i = 0u; i < X_LOADS; i++) {
      var value = vec4f();
      if (k < inner) {
        value = vec4f(
          load_x(corners[i * 4u] + offset, channel),
          load_x(corners[i * 4u + 1u] + offset, channel),
          load_x(corners[i * 4u + 2u] + offset, channel),
          load_x(corners[i * 4u + 3u] + offset, channel),
        );
      }
      x_tile[x_k * X_STRIDE + (thread + i * THREADS) / TILE_K] = value;
    }
    for (var i = 0u; i < W_LOADS; i++) {
      let slot = thread + i * THREADS;
      let w_k = k0 + slot / THREADS_N;
      let w_n = vec0 + slot % THREADS_N;
      var value = vec4f();
      if (w_k < inner && w_n < dims.col_vecs) {
        value = vec4f(weight[w_k * dims.col_vecs + w_n]);
      }
      w_tile[slot] = value;
    }
    workgroupBarrier();
    for (var kk = 0u; kk < TILE_K; kk++) {
      let xs = x_tile[kk * X_STRIDE + thread_m];
      let w = w_tile[kk * THREADS_N + thread_n];
      sum0 += xs.x * w;
      sum1 += xs.y * w;
      sum2 += xs.z * w;
      sum3 += xs.w * w;
    }
    workgroupBarrier();
  }

  let row = row0 + thread_m * 4u;
  let col_vec = vec0 + thread_n;
  store(row, col_vec, sum0);
  store(row + 1u, col_vec, sum1);
  store(row + 2u, col_vec, sum2);
  store(row + 3u, col_vec, sum3);
}
