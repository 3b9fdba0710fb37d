import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Watch } from './watch.ts';

const patience = { firstMs: 300_000, minMs: 60_000 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched() {
  const onHang = vi.fn();
  return { watch: new Watch(patience, onHang), onHang };
}

describe('Watch', () => {
  it('calls a worker hanging that makes no step for the least bound, once, and says for how long', () => {
    const { watch, onHang } = watched();
    watch.prove();
    watch.begin();
    vi.advanceTimersByTime(59_000);
    expect(onHang).not.toHaveBeenCalled();
    vi.advanceTimersByTime(600_000);
    expect(onHang).toHaveBeenCalledTimes(1);
    expect(onHang.mock.calls[0]?.[0]).toBeCloseTo(60_000, -3);
  });

  it('waits longer before every kind of step was seen', () => {
    const { watch, onHang } = watched();
    watch.begin();
    vi.advanceTimersByTime(299_000);
    expect(onHang).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2_000);
    expect(onHang).toHaveBeenCalled();
  });

  it('gives a slow worker ten times its slowest step', () => {
    const { watch, onHang } = watched();
    watch.prove();
    watch.begin();
    vi.advanceTimersByTime(25_000);
    watch.step();
    expect(watch.pulse).toEqual({ silentMs: 0, longestMs: 25_000, limitMs: 250_000 });
    vi.advanceTimersByTime(249_000);
    expect(onHang).not.toHaveBeenCalled();
    expect(watch.pulse.silentMs).toBeCloseTo(249_000, -3);
    vi.advanceTimersByTime(2_000);
    expect(onHang).toHaveBeenCalled();
  });

  it('continues as long as steps arrive, however long it takes', () => {
    const { watch, onHang } = watched();
    watch.prove();
    watch.begin();
    for (let i = 0; i < 100; i++) {
      vi.advanceTimersByTime(50_000);
      watch.step();
    }
    expect(onHang).not.toHaveBeenCalled();
  });

  it('expects nothing of a worker that has nothing to do', () => {
    const { watch, onHang } = watched();
    watch.prove();
    watch.begin();
    watch.begin();
    watch.end();
    watch.end();
    vi.advanceTimersByTime(3_600_000);
    expect(onHang).not.toHaveBeenCalled();
    expect(watch.pulse.silentMs).toBe(0);
    // The idle hour is no step either.
    watch.begin();
    watch.step();
    expect(watch.pulse.longestMs).toBe(0);
  });

  it('doesn’t take the sleep of the machine for a hang', () => {
    const { watch, onHang } = watched();
    watch.prove();
    watch.begin();
    const asleep = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 8 * 3_600_000);
    vi.advanceTimersByTime(1_000);
    asleep.mockRestore();
    expect(onHang).not.toHaveBeenCalled();
  });

  it('forgets a pace that was another model’s', () => {
    const { watch } = watched();
    watch.prove();
    watch.begin();
    vi.advanceTimersByTime(40_000);
    watch.step();
    expect(watch.pulse.limitMs).toBe(400_000);
    watch.forget();
    expect(watch.pulse.limitMs).toBe(300_000);
  });
});
