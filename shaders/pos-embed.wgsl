// Position embedding at another grid size: y[r*width+c, d] = x[r*width+c, d] + bilinear(grid)[r, c, d]
// The source point is ((r+0.5) * grid_height/height - 0.5, the same for c), clamped to the grid. This equals PyTorch's
// interpolate(mode='bilinear', align_corners=False) without antialiasing.
// x, y: f32[height * width, channels]; grid: f32[grid_height * grid_width, channels]; row-major. All in f32.
// One thread per value; workgroups are spread over grid x, then y. Reference: pos-embed.ref.ts
// Header: THREADS.

struct Dims {
  grid_height: u32,
  grid_width: u32,
  height: u32,
  width: u32,
  channels: u32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> grid: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

/// Lower neighbour, upper neighbour and the upper one's weight, for output position `at`.
fn neighbours(at: u32, out_size: u32, grid_size: u32) -> vec3f {
  let source = max((f32(at) + 0.5) * (f32(grid_size) / f32(out_size)) - 0.5, 0.0);
  let low = min(floor(source), f32(grid_size - 1u));
  return vec3f(low, min(low + 1.0, f32(grid_size - 1u)), source - low);
}

fn cell(row: f32, col: f32, channel: u32) -> f32 {
  return grid[(u32(row) * dims.grid_width + u32(col)) * dims.channels + channel];
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.x + group.y * groups.x) * THREADS + thread;
  if (at >= dims.height * dims.width * dims.channels) {
    return;
  }
  let channel = at % dims.channels;
  let place = at / dims.channels;
  let rows = neighbours(place / dims.width, dims.height, dims.grid_height);
  let cols = neighbours(place % dims.width, dims.width, dims.grid_width);
  let top = mix(cell(rows.x, cols.x, channel), cell(rows.x, cols.y, channel), cols.z);
  let bottom = mix(cell(rows.y, cols.x, channel), cell(rows.y, cols.y, channel), cols.z);
  y[at] = x[at] + mix(top, bottom, rows.z);
}
