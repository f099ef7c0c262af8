// A state as people see it: icon, word, colour; and the ring that a task wears in the graph.
import type { StateLook } from '../lib/states.ts';
import { Icon } from './icon.tsx';

/** Icon and word; `soft` puts them on a tinted pill. */
export function State({ look, soft = false }: { look: StateLook; soft?: boolean }) {
  return (
    <span className={`state tone-${look.tone}${soft ? ' state-soft' : ''}`} data-tip={look.why}>
      <Icon name={look.icon} size={14} />
      <span>{look.word}</span>
    </span>
  );
}

/** The icon inside a ring: closed when it is over, turning while it runs, dashed while it waits. */
export function Ring({ look, turning }: { look: StateLook; turning: boolean }) {
  const waiting = look.tone === 'grey';
  const dash = turning ? '48 21' : waiting ? '2.2 4.1' : undefined;
  return (
    <span className={`ring tone-${look.tone}`} aria-hidden="true">
      <svg
        className={turning ? 'ring-turning' : undefined}
        width="28"
        height="28"
        viewBox="0 0 28 28"
        fill="none"
        aria-hidden="true"
      >
        <circle cx="14" cy="14" r="12.5" stroke="var(--line)" strokeWidth="1.5" />
        <circle
          cx="14"
          cy="14"
          r="12.5"
          stroke="currentColor"
          strokeWidth={waiting ? 1.5 : 2}
          strokeDasharray={dash}
          strokeLinecap="round"
          transform="rotate(-90 14 14)"
        />
      </svg>
      <Icon name={look.icon} size={14} />
    </span>
  );
}
