import type { AutomationProgress } from '../src/session/automation/automation.ts';

const WIDTH = 24;
const STAGE: Record<AutomationProgress['stage'], string> = {
  open: 'Opening',
  load: 'Loading model',
  ask: 'Asking',
};

/** On a terminal, one line that is redrawn; otherwise a line at each new stage and each tenth. */
export class ProgressBar {
  private readonly stream: NodeJS.WriteStream;
  private shown = '';

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  show(progress: AutomationProgress): void {
    const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : null;
    if (this.stream.isTTY) {
      this.stream.write(`\r\x1b[2K${line(progress, share)}`);
      this.shown = 'drawn';
      return;
    }
    const milestone = `${progress.stage} ${share === null ? '' : Math.floor(share * 10)}`;
    if (milestone === this.shown) return;
    this.shown = milestone;
    this.stream.write(`${line(progress, share)}\n`);
  }

  /** Removes the bar, so that the next output starts on a clean line. */
  clear(): void {
    if (this.stream.isTTY && this.shown !== '') this.stream.write('\r\x1b[2K');
    this.shown = '';
  }
}

function line({ stage, done, total, note }: AutomationProgress, share: number | null): string {
  if (share === null) return `${STAGE[stage]} ${note}`.trim();
  const filled = Math.round(share * WIDTH);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
  const amount = stage === 'load' ? `${mebibytes(done)} of ${mebibytes(total)} MiB, ${note}` : `${done} of ${total}`;
  return `${STAGE[stage]} ${bar} ${amount}`;
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
