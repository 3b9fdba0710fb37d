import { readdirSync, readFileSync } from 'node:fs';

const MS_A_TICK = 10;

/**
 * Memory and processor time of a browser's page process, from Linux's /proc. The page's workers belong to the process.
 */
export class RendererProcess {
  peakBytes = 0;
  private readonly marker: string;
  private pid = '';
  private readonly timer: NodeJS.Timeout;

  /** `marker`: a part of the browser's command line that no other browser has (its profile folder). */
  constructor(marker: string) {
    this.marker = marker;
    this.timer = setInterval(() => this.sample(), 100);
  }

  /** Current size of the largest page process, in bytes; 0 if /proc can't be read. */
  sample(): number {
    let largest = 0;
    for (const pid of pids()) {
      const command = read(`/proc/${pid}/cmdline`);
      if (!command.includes('--type=renderer') || !command.includes(this.marker)) continue;
      const status = read(`/proc/${pid}/status`);
      const anonymous = /RssAnon:\s+(\d+)/.exec(status)?.[1];
      const shared = /RssShmem:\s+(\d+)/.exec(status)?.[1];
      const bytes = (Number(anonymous ?? 0) + Number(shared ?? 0)) * 1024;
      if (bytes <= largest) continue;
      largest = bytes;
      this.pid = pid;
    }
    this.peakBytes = Math.max(this.peakBytes, largest);
    return largest;
  }

  /**
   * Processor time so far of all threads of the largest page process. More meaningful than the clock on a busy machine.
   */
  cpuMs(): number {
    this.sample();
    const stat = read(`/proc/${this.pid}/stat`);
    const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14);
    return (Number(user ?? 0) + Number(system ?? 0)) * MS_A_TICK;
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
