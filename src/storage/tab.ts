/** What distinguishes this tab from the page's other tabs. */
export interface Tab {
  /** The id given to `remember` before a reload. A duplicated tab starts with the id of its original. */
  remembered(): string | null;
  remember(id: string): void;
  /** Whether the tab was reloaded, according to the browser. */
  readonly wasReloaded: boolean;
  /** Null if the browser has no locks (insecure pages). */
  readonly locks: TabLocks | null;
}

/** Locks across all tabs of the page. A tab that closes or crashes releases its own. */
export interface TabLocks {
  /**
   * Takes the lock, waiting up to `waitMs` for another tab to release it. Resolves to a function that releases it, or
   * null if another tab still has it.
   */
  hold(name: string, waitMs: number): Promise<(() => void) | null>;
  /** Names of all locks that are currently held. */
  held(): Promise<ReadonlySet<string>>;
}

const ID_KEY = 'nadir.session';

/** The browser's own: an id in sessionStorage, and Web Locks. */
export function openTab(): Tab {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return {
    remembered: () => attempt(() => sessionStorage.getItem(ID_KEY), null),
    remember: (id) => attempt(() => sessionStorage.setItem(ID_KEY, id), undefined),
    wasReloaded: navigation?.type === 'reload',
    // TypeScript declares it as always present, but insecure pages don't have it.
    locks: (navigator.locks as LockManager | undefined) ? webLocks(navigator.locks) : null,
  };
}

function webLocks(manager: LockManager): TabLocks {
  return {
    hold: (name, waitMs) =>
      new Promise((resolve) => {
        const waiting = new AbortController();
        const timer = waitMs > 0 ? setTimeout(() => waiting.abort(), waitMs) : undefined;
        const how: LockOptions = waitMs > 0 ? { signal: waiting.signal } : { ifAvailable: true };
        manager
          .request(name, how, (lock) => {
            clearTimeout(timer);
            if (!lock) return resolve(null);
            return new Promise<void>((release) => resolve(release));
          })
          .catch(() => resolve(null));
      }),
    held: async () => {
      const { held = [] } = await manager.query();
      return new Set(held.flatMap(({ name }) => name ?? []));
    },
  };
}

/**
 * Tabs of one browser, in memory, for tests. Each call opens a tab. `from`: the tab it duplicates or, with `reloaded`,
 * replaces.
 */
export function createMemoryTabs(): (options?: { from?: MemoryTab; reloaded?: boolean }) => MemoryTab {
  const holders = new Map<string, object>();
  return ({ from, reloaded = false } = {}) => {
    const me = {};
    let id = from?.remembered() ?? null;
    return {
      remembered: () => id,
      remember: (next) => {
        id = next;
      },
      wasReloaded: reloaded,
      locks: {
        hold: async (name) => {
          if (holders.has(name)) return null;
          holders.set(name, me);
          return () => {
            if (holders.get(name) === me) holders.delete(name);
          };
        },
        held: async () => new Set(holders.keys()),
      },
      close: () => {
        for (const [name, holder] of [...holders]) if (holder === me) holders.delete(name);
      },
    };
  };
}

export interface MemoryTab extends Tab {
  /** Closes the tab and releases its locks. */
  close(): void;
}

/** Storage may be blocked. */
function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
