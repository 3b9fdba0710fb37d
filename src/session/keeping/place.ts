import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { NadirError } from '../../lib/errors.ts';
import { type KeyValueStore, scopedStore } from '../../storage/key-value-store.ts';
import type { Tab } from '../../storage/tab.ts';
import type { EarlierSession } from './port.ts';

/**
 * Where a tab's session is stored: `tab/<id>/…` in the browser's storage. The id is in sessionStorage. The tab holds a lock with
 * that name as long as it is open, so that no two tabs write to one place.
 *
 * - A reloaded tab continues its session. A duplicated tab finds the lock held and gets a copy.
 * - A new tab continues the session of a closed tab that was saved last; the start page offers the others.
 * - Sessions of closed tabs are kept for 30 days, the latest 12, 1 GiB together; older ones are deleted some seconds after a start.
 */
const MOST_AGE_MS = 30 * 24 * 3600 * 1000;
const MOST_SESSIONS = 12;
const MOST_BYTES = 2 ** 30;
/** The page before a reload may hold its lock for a moment. */
const RELOAD_WAIT_MS = 2000;
/** Right after a start, other tabs may be reloading and hold no lock. */
const CLEAN_AFTER_MS = 10_000;

const SCOPE = 'tab/';
const ABOUT_KEY = 'about';
/** Earlier versions stored one session under no prefix. The tab that moves it holds this lock. */
const OLD_PREFIX = '';
const OLD_NAME = 'before tabs';

const nothing = async (): Promise<void> => undefined;
const prefixOf = (id: string) => `${SCOPE}${id}/`;
const lockOf = (id: string) => `nadir session ${id}`;

/** What the list of earlier sessions shows. */
export type AboutSession = Omit<EarlierSession, 'id'>;

export interface Claim {
  /** The session to restore; null for a new one. */
  from: KeyValueStore | null;
  /** False if `from` is this tab's own place. */
  isCopy: boolean;
  /** Call when the whole copy is stored in this tab's place. */
  onKept: () => Promise<void>;
}

export class SessionPlace {
  /** This tab's part of the storage. Its methods wait until the place is known. */
  readonly own: KeyValueStore;
  readonly claimed: Promise<Claim>;
  readonly earlier: ReadonlySignal<readonly EarlierSession[]>;
  private readonly listed: Signal<readonly EarlierSession[]> = signal([]);
  private readonly storage: KeyValueStore;
  private readonly tab: Tab;
  private id: Promise<string>;
  private release: () => void = () => undefined;

  constructor(storage: KeyValueStore, tab: Tab) {
    this.storage = storage;
    this.tab = tab;
    this.earlier = this.listed;
    const claiming = this.claim();
    this.id = claiming.then(({ id }) => id);
    this.claimed = claiming.then(({ claim }) => claim);
    this.own = scopedStore(storage, async () => prefixOf(await this.id));
    void this.claimed.then(() => this.list());
    const cleaning = setTimeout(() => void this.clean(), CLEAN_AFTER_MS);
    // Node, unlike browsers, would wait for the timer before it exits.
    (cleaning as { unref?: () => void }).unref?.();
  }

  /** Makes the stored session an earlier one, and continues with a new one. */
  async renew(): Promise<void> {
    const id = newPlaceId();
    const release = await this.tab.locks?.hold(lockOf(id), 0);
    await this.move(id, release);
    await this.list();
  }

  /** Makes an earlier session this tab's, whose own must be empty. Errors: SESSION_IN_USE if another tab has it. */
  async claimEarlier(id: string): Promise<Claim> {
    if (!this.tab.locks) return { from: this.at(prefixOf(id)), isCopy: true, onKept: nothing };
    const release = await this.tab.locks.hold(lockOf(id), 0);
    if (!release) {
      await this.list();
      throw new NadirError(
        'SESSION_IN_USE',
        'That session is open in another tab. Go on there, or close that tab first.',
      );
    }
    await this.move(id, release);
    await this.list();
    return { from: this.own, isCopy: false, onKept: nothing };
  }

  /** Deletes an earlier session with its files, unless another tab has it. */
  async forget(id: string): Promise<void> {
    await this.whileUnowned(id, () => this.erase(id));
    await this.list();
  }

  /** Stores what lists of earlier sessions show of this tab's; null if the session is empty. */
  async describe(about: AboutSession | null): Promise<void> {
    if (about) await this.own.set(ABOUT_KEY, about);
    else await this.own.delete(ABOUT_KEY);
  }

  /** Updates `earlier`: the sessions that no tab has open, the latest first. */
  async list(): Promise<void> {
    const own = await this.id;
    const held = (await this.tab.locks?.held()) ?? new Set();
    const others = (await this.kept()).filter(({ id }) => id !== own && !held.has(lockOf(id)));
    this.listed.value = others;
  }

  private async claim(): Promise<{ id: string; claim: Claim }> {
    const mine = this.tab.remembered();
    if (mine !== null && (await this.isStillMine(mine))) {
      this.tab.remember(mine);
      return { id: mine, claim: { from: this.at(prefixOf(mine)), isCopy: false, onKept: nothing } };
    }
    const fresh = async (from: KeyValueStore | null, onKept = nothing) => {
      const id = newPlaceId();
      this.release = (await this.tab.locks?.hold(lockOf(id), 0)) ?? this.release;
      this.tab.remember(id);
      return { id, claim: { from, isCopy: true, onKept } };
    };
    if (mine !== null) return fresh(this.at(prefixOf(mine)));
    const old = await this.oldSession();
    if (old) return fresh(old.from, old.onKept);
    for (const { id } of await this.kept()) {
      const release = await this.tab.locks?.hold(lockOf(id), 0);
      if (!release) continue;
      this.release = release;
      this.tab.remember(id);
      return { id, claim: { from: this.at(prefixOf(id)), isCopy: false, onKept: nothing } };
    }
    return fresh(null);
  }

  /** Whether this tab isn't a duplicate. Without locks, only a reload is certain not to be one. */
  private async isStillMine(id: string): Promise<boolean> {
    if (!this.tab.locks) return this.tab.wasReloaded;
    const release = await this.tab.locks.hold(lockOf(id), RELOAD_WAIT_MS);
    if (release) this.release = release;
    return release !== null;
  }

  /** The session of a version that didn't separate tabs; deleted once it is stored in this tab's place. */
  private async oldSession(): Promise<{ from: KeyValueStore; onKept: () => Promise<void> } | null> {
    if ((await this.storage.get('session')) === undefined) return null;
    const release = this.tab.locks ? await this.tab.locks.hold(lockOf(OLD_NAME), 0) : () => undefined;
    if (!release) return null;
    const from = this.at(OLD_PREFIX);
    const onKept = async () => {
      const keys = (await this.storage.keys('')).filter((key) => /^(session$|file$|file:|beside:|before$)/.test(key));
      for (const key of keys) await this.storage.delete(key);
      release();
    };
    return { from, onKept };
  }

  private async move(id: string, release: (() => void) | null | undefined): Promise<void> {
    const releaseOld = this.release;
    await this.id;
    this.release = release ?? (() => undefined);
    this.id = Promise.resolve(id);
    this.tab.remember(id);
    releaseOld();
  }

  private at(prefix: string): KeyValueStore {
    return scopedStore(this.storage, async () => prefix);
  }

  /** Sessions of all tabs, the one saved last first. */
  private async kept(): Promise<EarlierSession[]> {
    const found: EarlierSession[] = [];
    for (const key of await this.storage.keys(SCOPE)) {
      const id = idIn(key);
      if (id === null || key !== `${prefixOf(id)}${ABOUT_KEY}`) continue;
      const about = await this.storage.get(key);
      if (isAbout(about)) found.push({ id, ...about });
    }
    return found.sort((a, b) => b.savedAtMs - a.savedAtMs);
  }

  private async clean(): Promise<void> {
    if (!this.tab.locks) return;
    const own = await this.id;
    const kept = await this.kept();
    const others = kept.filter(({ id }) => id !== own);
    let bytes = 0;
    let count = 0;
    for (const { id, bytes: size, savedAtMs } of others) {
      const stays =
        Date.now() - savedAtMs <= MOST_AGE_MS && count < MOST_SESSIONS && (count === 0 || bytes + size <= MOST_BYTES);
      // Sessions that a tab has open are neither counted nor deleted.
      const isGone = await this.whileUnowned(id, async () => {
        if (!stays) await this.erase(id);
      });
      if (!isGone || !stays) continue;
      count += 1;
      bytes += size;
    }
    // Files of tabs that were closed before they had stored what their session is.
    const known = new Set([own, ...kept.map(({ id }) => id)]);
    const strays = new Set((await this.storage.keys(SCOPE)).flatMap((key) => idIn(key) ?? []));
    for (const id of strays) if (!known.has(id)) await this.whileUnowned(id, () => this.erase(id));
    await this.list();
  }

  private async erase(id: string): Promise<void> {
    for (const key of await this.storage.keys(prefixOf(id))) await this.storage.delete(key);
  }

  /** False, without running `work`, if a tab has the session. */
  private async whileUnowned(id: string, work: () => Promise<void>): Promise<boolean> {
    if (id === (await this.id)) return false;
    const release = this.tab.locks ? await this.tab.locks.hold(lockOf(id), 0) : () => undefined;
    if (!release) return false;
    try {
      await work();
    } finally {
      release();
    }
    return true;
  }
}

function idIn(key: string): string | null {
  return /^tab\/([^/]+)\//.exec(key)?.[1] ?? null;
}

function isAbout(value: unknown): value is AboutSession {
  const about = value as Partial<AboutSession> | null | undefined;
  return (
    typeof about?.savedAtMs === 'number' &&
    typeof about.answers === 'number' &&
    typeof about.bytes === 'number' &&
    Array.isArray(about.names)
  );
}

/** Unique over all tabs, also without `crypto.randomUUID`, which insecure pages lack. */
function newPlaceId(): string {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
}
