// The progress bar of an upload; plain lines where there is no terminal to draw on.
import { SingleBar } from 'cli-progress';
import type { UploadProgress } from './submit.ts';
import { line, type Screen } from './terminal.ts';

/** One bar per file on a terminal; elsewhere one line when a file is through. */
export function uploadBar(screen: Screen): UploadProgress {
  const bars = new Map<string, SingleBar>();
  return (name, sentBytes, totalBytes) => {
    if (!screen.isTty) {
      if (sentBytes === totalBytes) line(screen, `uploaded ${name} (${megabytes(totalBytes)} MB)`);
      return;
    }
    const bar = bars.get(name) ?? startedBar(name, totalBytes);
    bars.set(name, bar);
    bar.update(sentBytes, { sent: megabytes(sentBytes) });
    if (sentBytes === totalBytes) bar.stop();
  };
}

function startedBar(name: string, totalBytes: number): SingleBar {
  const bar = new SingleBar({
    format: `uploading ${name} [{bar}] {percentage} % {sent} of ${megabytes(totalBytes)} MB`,
    stream: process.stderr,
    hideCursor: true,
  });
  bar.start(totalBytes, 0, { sent: '0.0' });
  return bar;
}

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
