/** One output of a tower. The buffer stays on the device and belongs to the tower until its next `run` or `dispose`. */
export interface Features {
  /** f32[1, cells, channels] row-major, cells in raster order; STORAGE | COPY_SRC. */
  readonly buffer: GPUBuffer;
  readonly dims: readonly [number, number, number];
}

/** A tower's outputs by name: its tokens, and what else its manifest or graph names ("vision.taps"). */
export interface TowerOutput {
  readonly tokens: Features;
  readonly [tap: string]: Features;
}

/** A vision tower on a GPU device. Callers may call `run` again without waiting; the queue keeps the order. */
export interface Tower {
  /**
   * Encodes one image in one command buffer. `pixels` f32[height, width, bands] row-major, already normalised ((v -
   * mean) / std; an absent band is 0). Height and width are multiples of the tower's largest cell (16 or 32). DEVICE_LOST if
   * the device is gone.
   * With `isStopped`, the work runs in parts, and each part is awaited. Once `isStopped` returns true, no further part
   * runs and the call rejects with ABORTED.
   */
  run(pixels: Float32Array, height: number, width: number, isStopped?: () => boolean): Promise<TowerOutput>;
  /** Compute dispatches of the last `run`: 0 before the first run, and 0 for a tower that ONNX Runtime runs. */
  readonly dispatches: number;
  /** Frees weights and buffers; the device stays open. */
  dispose(): void;
}
