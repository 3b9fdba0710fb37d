/** What stands for the parts that a model without a dense head leaves out of nadir.json: nothing is proposed, no scene is scored. */
const nothingProposed = { max: 0, minScore: 1, nmsIou: 1 };

/**
 * `json` of nadir.json with those parts filled in. Converted models (training/convert) have neither detector nor
 * proposals, scenes or presence labels; and no `vision.stem` where only the ONNX tower computes their architecture.
 * A document that has them, or is no object, comes back as it is.
 */
export function withDenseHead(json: unknown): unknown {
  if (!isRecord(json) || json.detector !== undefined || !isRecord(json.slicing) || !isRecord(json.vision)) return json;
  const { tile } = json.slicing;
  return {
    proposals: nothingProposed,
    scenes: [],
    presence: [],
    ...json,
    detector: { classes: [], stride: tile, grid: [1, 1] },
    vision: { stem: [], ...json.vision },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
