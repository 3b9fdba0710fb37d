// Multi-head self-attention: y[q,h] = sum_k softmax_k(scale * Q[q,h] . K[k,h]) * V[k,h], over the `tokens` keys
// qkv: f32[tokens, 3 * heads * HEAD_DIM] row-major, a row is Q | K | V, heads in sequence; y: f32[tokens, heads *
// HEAD_DIM].
// Online softmax (Milakov & Gimelshein 2018; FlashAttention): one pass over tiles of TILE_KEYS keys with a running
// maximum and a running sum per query, so no tokens x tokens matrix is stored. All in f32.
// One workgroup per head and TILE_QUERIES queries, LANES threads per query: within a tile they divide the keys, then
// the columns of the output. Tiles are numbered along heads first and spread over grid x, then y. Reference:
// attention.ref.ts
// Header: HEAD_DIM (1 to 128), LANES, TILE_QUERIES, TILE_KEYS (a multiple of LANES).

struct Dims {
  tokens: u32,
  heads: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> qkv: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// vec4s of a head's output that one thread owns; a head is padded with zeros to LANES of them.
const OWN_VECS = (HEAD_DIM + 4u * LANES - 1u) / (4u * LANES);
const HEAD_VECS = OWN_VECS * LANES;
// One more, so that the lanes of a query read different memory banks.
const STRIDE = HEAD_VECS + 1u;
const THREADS = TILE_QUERIES * LANES;
const LOWEST = -3.4028234e38;

var<workgroup> q_tile: array<vec4f, TILE_QUERIES * STRIDE>;
var<workgroup> k_tile: array<vec4f, TILE_KEYS * STRIDE>;
var<workgroup> v_tile: array<vec4f, TILE_KEYS * STRIDE>;
var<workgroup> scores: array<f32, TILE_QUERIES * TILE_KEYS>;

/// Four values of a head from `column` on, zero past the last token or the end of the head.
fn load(token: u32, first: u32, column: u32) -> vec4f {
  var value = vec4f();
  if (token < dims.tokens) {
    let at = token * 3u * dims.heads * HEAD_DIM + first;
    for (var j = 0u; j < 4u; j++) {
      if (column + j < HEAD_DIM) {
        value[j] = qkv[at + column + j];
      }
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
  let tile = group.x + group.y * groups.x;
  let head = tile % dims.heads;
  let query0 = (tile / dims.heads) * TILE_QUERIES;
  let query = thread / LANES;
  let lane = thread % LANES;
  let width = dims.heads * HEAD_DIM;
  let q_first = head * HEAD_DIM;

  for (var slot = thread; slot < TILE_QUERIES * HEAD_VECS; slot += THREADS) {
    let row = slot / HEAD_VECS;
    let vec = slot % HEAD_VECS;
    q_tile[row * STRIDE + vec] = dims.scale * load(query0 + row, q_first, vec * 4u);
  }

  var highest = LOWEST;
  var total = 0.0;
  var sums: array<vec4f, OWN_VECS>;
  for (var key0 = 0u; key0 < dims.tokens; key0 += TILE_KEYS) {
    for (var slot = thread; slot < TILE_KEYS * HEAD_VECS; slot += THREADS) {
      let row = slot / HEAD_VECS;
      let vec = slot % HEAD_VECS;
      k_tile[row * STRIDE + vec] = load(key0 + row, q_first + width, vec * 4u);
      v_tile[row * STRIDE + vec] = load(key0 + row, q_first + 2u * width, vec * 4u);
    }
    workgroupBarrier();

    for (var key = lane; key < TILE_KEYS; key += LANES) {
      var score = vec4f();
      for (var vec = 0u; vec < HEAD_VECS; vec++) {
        score += q_tile[query * STRIDE + vec] * k_tile[key * STRIDE + vec];
      }
      scores[query * TILE_KEYS + key] = score.x + score.y + score.z + score.w;
    }
    workgroupBarrier();

    let keys = min(TILE_KEYS, dims.tokens - key0);
    var tile_highest = highest;
    for (var key = 0u; key < keys; key++) {
      tile_highest = max(tile_highest, scores[query * TILE_KEYS + key]);
    }
    // The sums so far are relative to the old maximum.
    let rescale = exp(highest - tile_highest);
    highest = tile_highest;
    total *= rescale;
    for (var i = 0u; i < OWN_VECS; i++) {
      sums[i] *= rescale;
    }
    for (var key = 0u; key < keys; key++) {
      let p = exp(scores[query * TILE_KEYS + key] - highest);
      total += p;
      for (var i = 0u; i < OWN_VECS; i++) {
        sums[i] += p * v_tile[key * STRIDE + lane + i * LANES];
      }
    }
    workgroupBarrier();
  }

  let token = query0 + query;
  if (token < dims.tokens) {
    for (var i = 0u; i < OWN_VECS; i++) {
      let value = sums[i] / total;
      for (var j = 0u; j < 4u; j++) {
        let column = (lane + i * LANES) * 4u + j;
        if (column < HEAD_DIM) {
          y[token * width + q_first + column] = value[j];
        }
      }
    }
  }
}
