/** Least-recently-used cache bounded by the bytes it holds, not by the number of entries. */
export class ByteLru<Value> {
  readonly capacityBytes: number;
  private readonly entries = new Map<string, { value: Value; bytes: number }>();
  private readonly reserved = new Map<string, number>();
  private held = 0;
  private reservedTotal = 0;

  constructor(capacityBytes: number) {
    this.capacityBytes = capacityBytes;
  }

  /** Cached and reserved bytes together; never more than `capacityBytes`. */
  get heldBytes(): number {
    return this.held + this.reservedTotal;
  }

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    // A Map keeps insertion order, so re-inserting an entry makes it the most recently used.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  /** A value larger than the whole cache isn't kept. */
  set(key: string, value: Value, bytes: number): void {
    this.delete(key);
    if (bytes > this.capacityBytes - this.reservedTotal) return;
    this.entries.set(key, { value, bytes });
    this.held += bytes;
    this.shrink();
  }

  /**
   * Reserves memory that something outside the cache holds for good (a decoded picture, overviews kept without a disk).
   * Reserved bytes count against the same capacity, and cached values are dropped to make room. Returns false, and
   * reserves nothing, if there isn't enough room. Release with `delete` or `deletePrefix`.
   */
  reserve(key: string, bytes: number): boolean {
    if (this.reservedTotal - (this.reserved.get(key) ?? 0) + bytes > this.capacityBytes) return false;
    this.reservedTotal += bytes - (this.reserved.get(key) ?? 0);
    this.reserved.set(key, bytes);
    this.shrink();
    return true;
  }

  delete(key: string): void {
    this.reservedTotal -= this.reserved.get(key) ?? 0;
    this.reserved.delete(key);
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    this.held -= entry.bytes;
  }

  deletePrefix(prefix: string): void {
    for (const key of [...this.entries.keys(), ...this.reserved.keys()]) if (key.startsWith(prefix)) this.delete(key);
  }

  private shrink(): void {
    for (const oldest of this.entries.keys()) {
      if (this.held + this.reservedTotal <= this.capacityBytes) break;
      this.delete(oldest);
    }
  }
}
