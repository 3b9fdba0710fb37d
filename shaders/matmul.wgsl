// Linear layer: y[m,n] = act(sum_k x[m,k] * weight[k,n] + bias[n]) + residual[m,n]
// x: f32[rows, inner]; residual, y: f32[rows, cols]; weight: Elem[inner, col_vecs * 4]; bias: f32[col_vecs * 4]; all
// row-major, col_vecs = ceil(cols / 4), the padding is zero. act: activation.wgsl. Sums in f32.
// One workgroup per TILE_M x TILE_N tile of y; it walks `inner` in steps of TILE_K through workgroup memory. A thread
// keeps 4 x 4 sums. Tiles are numbered along cols first and spread over grid x, then y. Reference: matmul.ref.ts
// Header: Elem, TILE_M, TILE_N, TILE_K, ACTIVATION, HAS_RESIDUAL.
// Without a residual, its binding holds the bias and isn't read.

struct Dims {
  rows: u32,
  inner: u32,
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
// vec4s that a thread loads per step: four rows of x at one k; one k of weight at four columns.
const X_LOADS = THREADS_M * TILE_K / THREADS;
const W_LOADS = THREADS_N * TILE_K / THREADS;
// One more than THREADS_M, so that neighbouring threads write to different memory banks.
const X_STRIDE = THREADS_M + 1u;

var<workgroup> x_tile: array<vec4f, TILE_K * X_STRIDE>;
var<workgroup> w_tile: array<vec4f, TILE_K * THREADS_N>;

/// x[row, k], zero outside.
fn load_x(row: u32, k: u32) -> f32 {
  if (row < dims.rows && k < dims.inner) {
    return x[row * dims.inner + k];
  }
  return 0.0;
}

fn store(row: u32, col_vec: u32, sum: vec4f) {
  if (row >= dims.rows || col_vec >= dims.col_vecs) {
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
  let tile = group.x + group.y * groups.x;
  let tiles_n = (dims.cols + TILE_N - 1u) / TILE_N;
  let row0 = (tile / tiles_n) * TILE_M;
  let vec0 = (tile % tiles_n) * THREADS_N;
  let thread_n = thread % THREADS_N;
  let thread_m = thread / THREADS_N;

  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  for (var k0 = 0u; k0 < dims.inner; k0 += TILE_K) {
    for (var i = 0u; i < X_LOADS; i++) {
      let slot = thread + i * THREADS;
      let x_k = slot % TILE_K;
      let x_m = slot / TILE_K;
      let k = k0 + x_k;
      let row = row0 + x_m * 4u;
      x_tile[x_k * X_STRIDE + x_m] = vec4f(load_x(row, k), load_x(row + 1u, k), load_x(row + 2u, k), load_x(row + 3u, k));
    }
    for (var i = 0u; i < W_LOADS; i++) {
      let slot = thread + i * THREADS;
      let w_k = k0 + slot / THREADS_N;
      let w_n = vec0 + slot % THREADS_N;
      var value = vec4f();
      if (w_k < dims.inner && w_n < dims.col_vecs) {
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
