// A share of something as a thin bar; the numbers stand beside it as words.
import type { Tone } from '../lib/states.ts';

export function Bar({ percent, tone, label }: { percent: number; tone: Tone; label: string }) {
  const share = Math.min(100, Math.max(0, percent));
  return (
    <span
      className={`bar tone-${tone}`}
      role="progressbar"
      aria-valuenow={Math.round(share)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-label={label}
      tabIndex={-1}
    >
      <span style={{ width: `${share}%` }} />
    </span>
  );
}
