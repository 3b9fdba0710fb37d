import { readdirSync, readFileSync } from 'node:fs';

/** Memory of a browser's page processes, from Linux's /proc; the page's workers live in them too. */
export class RendererMemory {
  peakBytes = 0;
  private readonly marker: string;
  private readonly timer: NodeJS.Timeout;

  /** `marker`: part of the browser's command line that no other browser has (its profile folder). */
  constructor(marker: string) {
    this.marker = marker;
    this.timer = setInterval(() => this.sample(), 100);
  }

  /** The largest page process now, in bytes; 0 where /proc can't be read. */
  sample(): number {
    let largest = 0;
    for (const pid of pids()) {
      const command = read(`/proc/${pid}/cmdline`);
      if (!command.includes('--type=renderer') || !command.includes(this.marker)) continue;
      const status = read(`/proc/${pid}/status`);
      const anonymous = /RssAnon:\s+(\d+)/.exec(status)?.[1];
      const shared = /RssShmem:\s+(\d+)/.exec(status)?.[1];
      largest = Math.max(largest, (Number(anonymous ?? 0) + Number(shared ?? 0)) * 1024);
    }
    this.peakBytes = Math.max(this.peakBytes, largest);
    return largest;
  }

  close(): void {
    clearInterval(this.timer);
  }
}

function pids(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
