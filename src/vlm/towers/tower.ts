/** What a vision tower gives: buffers stay on the device and belong to the tower until its next `run` or `dispose`. */
export interface TowerOutput {
  /** f32[1, tokens, width] row-major, STORAGE | COPY_SRC. */
  tokens: GPUBuffer;
  /** f32[1, cells, channels] row-major, STORAGE | COPY_SRC; of a tower that is an ONNX graph without this output: its tokens. */
  fine: GPUBuffer;
  tokensDims: [number, number, number];
  fineDims: [number, number, number];
}

/** A vision tower on a GPU device. Calls to `run` may follow one another without waiting; the queue keeps the order. */
export interface Tower {
  /**
   * Encodes one image in one command buffer.
   * `pixels` f32[height, width, bands] row-major, already normalised ((v - mean) / std; an absent band is 0);
   * height and width are multiples of the tower's patch (16). DEVICE_LOST if the device is gone.
   * With `isStopped` the device gets the work in parts, each waited for, and no further one once it says so: then ABORTED.
   */
  run(pixels: Float32Array, height: number, width: number, isStopped?: () => boolean): Promise<TowerOutput>;
  /** Compute dispatches of the last `run` (0 before the first, and of a tower that ONNX Runtime runs). */
  readonly dispatches: number;
  /** Frees weights and buffers; the device stays open. */
  dispose(): void;
}
