// A list in a tile that is read page by page: what it shows while it is read, empty, refused, or longer than a page.
import type { ReactNode } from 'react';
import type { Page } from '../api.ts';
import { Loading, ProblemBox } from './tile.tsx';

type Paged<T> = {
  data?: { pages: Page<T>[] };
  error: Error | null;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
};
type Props<T> = {
  list: Paged<T>;
  /** what could not be read: "The snapshots" */
  what: string;
  empty: ReactNode;
  keyOf: (item: T) => string;
  row: (item: T) => ReactNode;
};

export function PagedList<T>({ list, what, empty, keyOf, row }: Props<T>) {
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (!list.data && list.error)
    return <ProblemBox what={`${what} cannot be read`} error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading />;
  if (items.length === 0 && !list.hasNextPage) return empty;
  return (
    <>
      <ul className="lines">
        {items.map((item) => (
          <li key={keyOf(item)}>{row(item)}</li>
        ))}
      </ul>
      {list.hasNextPage && (
        <button
          type="button"
          className="ghost tile-more"
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {list.isFetchingNextPage ? 'Reading…' : 'Show more'}
        </button>
      )}
    </>
  );
}
