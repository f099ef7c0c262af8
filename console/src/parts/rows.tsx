// A long table that only holds the rows in view. It scrolls with the page, so it works the same on a phone.
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { rowWindow } from '../lib/row-window.ts';

type Props<T> = {
  items: readonly T[];
  /** height of a row in px, on a wide screen and on a phone */
  heights: { wide: number; narrow: number };
  columns: { name: string; className?: string; head?: ReactNode }[];
  label: string;
  /** one card per row on a phone */
  cards?: boolean;
  keyOf: (item: T) => string;
  row: (item: T) => ReactNode;
  onEnd?: () => void;
  /** pages read so far: the end is reported again after each */
  pages?: number;
};

const phone = matchMedia('(max-width: 720px)');

export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      phone.addEventListener('change', listener);
      return () => phone.removeEventListener('change', listener);
    },
    () => phone.matches,
  );
}

export function Rows<T>({ items, heights, columns, label, cards = true, keyOf, row, onEnd, pages = 1 }: Props<T>) {
  const height = useNarrow() ? heights.narrow : heights.wide;
  const body = useRef<HTMLTableSectionElement>(null);
  const [view, setView] = useState({ first: 0, last: 60 });
  useEffect(() => {
    let frame = 0;
    const look = (): void => {
      frame = 0;
      const top = body.current?.getBoundingClientRect().top ?? 0;
      const next = rowWindow({ topPx: top, viewPx: innerHeight, rowPx: height, count: items.length });
      setView((old) => (old.first === next.first && old.last === next.last ? old : next));
    };
    const later = (): void => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    addEventListener('scroll', later, { passive: true });
    addEventListener('resize', later);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', later);
      removeEventListener('resize', later);
    };
  }, [height, items.length]);
  const atEnd = view.last >= items.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only reaching the end asks for more, not a new callback
  useEffect(() => {
    if (atEnd && items.length > 0) onEnd?.();
  }, [atEnd, items.length, pages]);
  const shown = items.slice(view.first, view.last);
  const after = items.length - view.first - shown.length;
  return (
    <table className={`rows${cards ? ' cards' : ''}`} aria-label={label} aria-rowcount={items.length + 1}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.name} scope="col" className={column.className}>
              {column.head ?? column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {view.first > 0 && <Gap px={view.first * height} />}
        {shown.map((item, n) => (
          <tr key={keyOf(item)} style={{ height }} aria-rowindex={view.first + n + 2}>
            {row(item)}
          </tr>
        ))}
        {after > 0 && <Gap px={after * height} />}
      </tbody>
    </table>
  );
}

/** One cell only: columns that a narrow screen hides must not come back through a colSpan. */
function Gap({ px }: { px: number }) {
  return (
    <tr className="gap" style={{ height: px }}>
      <td />
    </tr>
  );
}
