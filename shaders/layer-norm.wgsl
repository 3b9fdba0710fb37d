// LayerNorm: y[r,c] = (x[r,c] - mean_c(x[r])) / sqrt(var_c(x[r]) + eps) * weight[c] + bias[c], var over all columns
// (not N-1)
// x, y: f32[rows, cols] row-major; weight, bias: f32[cols]. Two passes over a row (mean, then squared distance from
// it), sums in f32. One workgroup per row; rows are spread over grid x, then y. Reference: layer-norm.ref.ts
// Header: THREADS (a power of two).

struct Dims {
  rows: u32,
  cols: u32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

var<workgroup> partial: array<f32, THREADS>;

/// Sum of `value` over the workgroup, the same in every thread.
fn workgroup_sum(value: f32, thread: u32) -> f32 {
  partial[thread] = value;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) {
      partial[thread] += partial[thread + half];
    }
    workgroupBarrier();
  }
  let total = partial[0];
  // Before the next sum overwrites `partial`.
  workgroupBarrier();
  return total;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = group.x + group.y * groups.x;
  let inside = row < dims.rows;
  let start = row * dims.cols;
  let count = f32(dims.cols);

  var sum = 0.0;
  for (var c = thread; inside && c < dims.cols; c += THREADS) {
    sum += x[start + c];
  }
  let mean = workgroup_sum(sum, thread) / count;

  var squares = 0.0;
  for (var c = thread; inside && c < dims.cols; c += THREADS) {
    let d = x[start + c] - mean;
    squares += d * d;
  }
  let scale = inverseSqrt(workgroup_sum(squares, thread) / count + dims.eps);

  for (var c = thread; inside && c < dims.cols; c += THREADS) {
    y[start + c] = (x[start + c] - mean) * scale * weight[c] + bias[c];
  }
}
