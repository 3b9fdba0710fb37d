import { describe, expect, it } from 'vitest';
import { ByteLru } from './lru.ts';

it('stays within its bytes and drops the least recently used', () => {
  const cache = new ByteLru<string>(100);
  cache.set('a', 'A', 40);
  cache.set('b', 'B', 40);
  expect(cache.get('a')).toBe('A');
  cache.set('c', 'C', 40);
  expect(cache.get('b')).toBeUndefined();
  expect([cache.get('a'), cache.get('c')]).toEqual(['A', 'C']);
  expect(cache.heldBytes).toBe(80);
});

it('doesn’t keep a value larger than itself, nor the old one under its key', () => {
  const cache = new ByteLru<string>(100);
  cache.set('a', 'A', 40);
  cache.set('a', 'huge', 101);
  expect(cache.get('a')).toBeUndefined();
  expect(cache.heldBytes).toBe(0);
});

it('removes one scene and keeps the others', () => {
  const cache = new ByteLru<number>(100);
  cache.set('scene-1/0', 1, 10);
  cache.set('scene-10/0', 2, 10);
  cache.deletePrefix('scene-1/');
  expect([cache.get('scene-1/0'), cache.get('scene-10/0')]).toEqual([undefined, 2]);
});

describe('ByteLru with reserved bytes', () => {
  it('counts them against the same capacity, and drops cached values for them', () => {
    const cache = new ByteLru<string>(100);
    cache.set('a', 'A', 40);
    cache.set('b', 'B', 40);
    expect(cache.reserve('s1/picture', 50)).toBe(true);
    expect([cache.get('a'), cache.get('b'), cache.heldBytes]).toEqual([undefined, 'B', 90]);
    expect(cache.reserve('s2/picture', 60)).toBe(false);
    expect(cache.heldBytes).toBe(90);
    cache.set('c', 'C', 60);
    expect(cache.get('c')).toBeUndefined();
    cache.deletePrefix('s1/');
    expect(cache.heldBytes).toBe(40);
  });
});
