import type { DiskFile, DiskFolder } from './disk.ts';
import type { SyncHandle } from './disk-store.ts';

/** For tests only: the browser's private files in memory, with a quota and locks like the real ones. */
export class FakeFolder implements DiskFolder {
  readonly files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; lastModified: number; locked: boolean }>();
  quotaBytes = Number.POSITIVE_INFINITY;
  now = () => Date.now();

  get heldBytes(): number {
    return [...this.files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  async getFileHandle(name: string, options?: { create?: boolean }): Promise<DiskFile> {
    if (!this.files.has(name)) {
      if (!options?.create) throw new DOMException('no such file', 'NotFoundError');
      this.files.set(name, { bytes: new Uint8Array(0), lastModified: this.now(), locked: false });
    }
    return {
      name,
      getFile: async () => {
        const { bytes, lastModified } = this.files.get(name)!;
        return { size: bytes.length, lastModified };
      },
      createSyncAccessHandle: async () => this.handle(name),
    };
  }

  async removeEntry(name: string): Promise<void> {
    if (this.files.get(name)?.locked) throw new DOMException('locked', 'NoModificationAllowedError');
    this.files.delete(name);
  }

  async *values(): AsyncIterable<{ kind: string; name: string }> {
    for (const name of [...this.files.keys()]) yield { kind: 'file', name };
  }

  private handle(name: string): SyncHandle {
    const file = this.files.get(name);
    if (!file) throw new DOMException('no such file', 'NotFoundError');
    if (file.locked) throw new DOMException('locked', 'NoModificationAllowedError');
    file.locked = true;
    const resize = (size: number) => {
      if (this.heldBytes - file.bytes.length + size > this.quotaBytes) {
        throw new DOMException('full', 'QuotaExceededError');
      }
      const grown = new Uint8Array(size);
      grown.set(file.bytes.subarray(0, size));
      file.bytes = grown;
    };
    return {
      read(buffer, { at }) {
        const part = file.bytes.subarray(at, at + buffer.length);
        buffer.set(part);
        return part.length;
      },
      write: (buffer, { at }) => {
        if (at + buffer.length > file.bytes.length) resize(at + buffer.length);
        file.bytes.set(buffer, at);
        file.lastModified = this.now();
        return buffer.length;
      },
      truncate: resize,
      getSize: () => file.bytes.length,
      flush: () => {},
      close: () => {
        file.locked = false;
      },
    };
  }
}
