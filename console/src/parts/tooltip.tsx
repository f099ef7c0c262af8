// One tooltip for the page: whatever carries data-tip shows its text on hover and on keyboard focus.
import { useEffect, useRef, useState } from 'react';

type Tip = { text: string; x: number; y: number; below: boolean };
const delayMs = 250;
const edge = 8;
const widthMax = 320;

export function Tooltip() {
  const [tip, setTip] = useState<Tip>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const hide = (): void => {
      clearTimeout(timer.current);
      setTip(undefined);
    };
    const show = (event: Event): void => {
      const host = (event.target as Element | null)?.closest?.<HTMLElement>('[data-tip]');
      clearTimeout(timer.current);
      if (!host?.dataset.tip) {
        setTip(undefined);
        return;
      }
      if (event.type === 'focusin' && !host.matches(':focus-visible')) return;
      timer.current = setTimeout(() => host.isConnected && setTip(placeTip(host)), delayMs);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') hide();
    };
    const watched = { pointerover: show, focusin: show, focusout: hide, pointerdown: hide } as const;
    for (const [name, listener] of Object.entries(watched)) document.addEventListener(name, listener);
    document.addEventListener('keydown', onKey);
    document.addEventListener('scroll', hide, true);
    return () => {
      for (const [name, listener] of Object.entries(watched)) document.removeEventListener(name, listener);
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('scroll', hide, true);
    };
  }, []);
  if (!tip) return null;
  return (
    <div className={`tooltip${tip.below ? ' below' : ''}`} role="tooltip" style={{ left: tip.x, top: tip.y }}>
      {tip.text}
    </div>
  );
}

/** Above its host, or below where there is no room; never over the edge. */
function placeTip(host: HTMLElement): Tip {
  const box = host.getBoundingClientRect();
  const text = host.dataset.tip ?? '';
  const half = Math.min(widthMax, innerWidth - 2 * edge) / 2;
  const longest = Math.max(...text.split('\n').map((line) => line.length)) * 3.5 + 12;
  const reach = Math.min(half, longest);
  const x = Math.min(innerWidth - edge - reach, Math.max(edge + reach, box.left + Math.min(box.width, 240) / 2));
  const below = box.top < 96;
  return { text, x, y: below ? box.bottom + 6 : box.top - 6, below };
}
