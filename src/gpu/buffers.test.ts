import { expect, it } from 'vitest';
import { BufferArena, readFloats } from './buffers.ts';
import { describeGpu } from './testing/gpu-suite.ts';

await describeGpu('BufferArena', (gpu) => {
  it('widens weights to whole vectors with zeros', async () => {
    const arena = new BufferArena(gpu);
    const { buffer } = arena.weights(new Float32Array([1, 2, 3, 4, 5, 6]), 2, 3, 'weight');
    const weightBytes = gpu.f16 ? 2 : 4;
    expect(buffer.size).toBe(2 * 4 * weightBytes);
    const { buffer: bias } = arena.bias(new Float32Array([1, 2, 3, 4, 5]), 'bias');
    expect(bias.size).toBe(8 * 4);
    expect(arena.sizeBytes).toBe(2 * 4 * weightBytes + 8 * 4);
    arena.destroy();
    expect(arena.sizeBytes).toBe(0);
  });

  it('brings back what was uploaded', async () => {
    const arena = new BufferArena(gpu);
    const values = new Float32Array([1.5, -2, 1e30]);
    expect(await readFloats(gpu.device, arena.upload(values, 'values'), 3)).toEqual(values);
    arena.destroy();
  });

  it("refuses a buffer larger than the adapter's limit, in words", () => {
    const arena = new BufferArena(gpu);
    const count = gpu.device.limits.maxStorageBufferBindingSize / 4 + 1;
    expect(() => arena.floats(count, 'activations')).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
  });
});
