import { describe, expect, it } from 'vitest';
import { isRepeating } from './repetition.ts';

const isPointer = (id: number) => id >= 1000;

describe('isRepeating', () => {
  it.each([
    ['one token over and over', Array(12).fill(5)],
    ['a pattern of three', [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]],
    ['a pattern after a beginning', [9, 8, 7, ...[1, 2, 3, 4, 5], ...[1, 2, 3, 4, 5], ...[1, 2, 3, 4, 5]]],
    ['a long pattern', [...sequence(32), ...sequence(32), ...sequence(32)]],
    ['pointers named again', [1000, 1, 1001, 2, 1002, 3, 1000, 4, 1001, 5, 1002]],
  ])('ends %s', (_, tokens) => {
    expect(isRepeating(tokens as number[], isPointer)).toBe(true);
  });

  it.each([
    ['a list of different pointers', Array.from({ length: 48 }, (_, i) => 1000 + i)],
    ['running numbers with pointers', Array.from({ length: 40 }, (_, i) => (i % 2 ? 1000 + i : i))],
    ['a pointer named twice', [1000, 1, 1001, 2, 1000, 3, 1001]],
    ['a short echo', [1, 2, 1, 2, 1, 2]],
    ['two rounds only', [...sequence(20), ...sequence(20)]],
    ['nothing', []],
  ])('allows %s', (_, tokens) => {
    expect(isRepeating(tokens as number[], isPointer)).toBe(false);
  });
});

function sequence(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
