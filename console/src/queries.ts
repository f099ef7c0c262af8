// What the pages watch. Each hook is one GET, asked again politely; a refused token ends the session.
import {
  keepPreviousData,
  QueryCache,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
} from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { ApiProblem, api, type ObjectiveRow, type Page } from './api.ts';
import { auditApi } from './audit-api.ts';
import { noteAnswer, noteFailure, pollMs } from './connection.ts';
import { say } from './parts/notices.tsx';
import { signOut } from './session.ts';

function onRefusal(error: unknown): void {
  if (error instanceof ApiProblem && error.status === 401)
    signOut('The server no longer accepts this token. Sign in again.');
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onSuccess: noteAnswer,
    onError: (error) => {
      noteFailure(error);
      onRefusal(error);
    },
  }),
  defaultOptions: {
    queries: { retry: false, staleTime: 1_000, gcTime: 10 * 60_000, refetchIntervalInBackground: true },
  },
});

export const useStatus = () =>
  useQuery({ queryKey: ['status'], queryFn: ({ signal }) => api.status(signal), refetchInterval: pollMs });

const screenfulRows = 30;
const endStates = ['succeeded', 'failed', 'cancelled'];

/** One objective; a finished one is asked for less often, because a redrive may open it again. */
export const useObjective = (objectiveId: string) =>
  useQuery({
    queryKey: ['objective', objectiveId],
    queryFn: ({ signal }) => api.objective(objectiveId, signal),
    refetchInterval: ({ state }) => (endStates.includes(state.data?.status ?? '') ? pollMs() * 5 : pollMs()),
  });

const fewPagesMost = 4;

/** A page of one status may be empty and still not be the last, so some pages are looked through. */
async function fewObjectives(status: string, most: number, signal: AbortSignal): Promise<ObjectiveRow[]> {
  const found: ObjectiveRow[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < fewPagesMost; page++) {
    const answer = await api.objectives(status, cursor, undefined, signal);
    found.push(...answer.items);
    cursor = answer.cursor ?? undefined;
    if (!cursor || found.length >= most) break;
  }
  return found.slice(0, most);
}

/** The first objectives of one status, for tiles. */
export const useFewObjectives = (status: string, most: number) =>
  useQuery({
    queryKey: ['objectives', 'few', status, most],
    queryFn: ({ signal }) => fewObjectives(status, most, signal),
    refetchInterval: pollMs,
  });

/** Long lists poll slower the more of them was loaded: each poll reads all loaded pages again. */
export const pollPages = (query: { state: { data?: { pages: unknown[] } } }): number =>
  pollMs() * (query.state.data?.pages.length ?? 1);

export const useObjectives = (status: string) =>
  useInfiniteQuery({
    queryKey: ['objectives', 'all', status],
    queryFn: ({ pageParam, signal }) => api.objectives(status || undefined, pageParam || undefined, undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor || undefined,
    refetchInterval: pollPages,
    placeholderData: keepPreviousData,
  });

export const useAgents = () =>
  useInfiniteQuery({
    queryKey: ['agents'],
    queryFn: ({ pageParam, signal }) => api.agents(pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor || undefined,
    refetchInterval: pollPages,
  });

export const useAudit = (lane: string, q: string) =>
  useInfiniteQuery({
    queryKey: ['audit', lane, q],
    queryFn: ({ pageParam, signal }) => api.audit(lane || undefined, q || undefined, pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor || undefined,
    refetchInterval: pollPages,
    placeholderData: keepPreviousData,
  });

export const useLastRoot = () =>
  useQuery({
    queryKey: ['audit root'],
    queryFn: ({ signal }) => auditApi.lastRoot(signal),
    refetchInterval: () => 5 * pollMs(),
  });

type Paged<T> = {
  data?: { pages: Page<T>[] };
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
};

/**
 * The items of a paged list and how to get more. A page may hold few of what was asked for, or none, and not be the
 * last: pages are read on until a screen is full.
 */
export function usePagedItems<T>(list: Paged<T>): { items: T[]; pages: number; more: () => void; looking: boolean } {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const more = (): void => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  };
  const short = items.length < screenfulRows && hasNextPage && !isFetchingNextPage;
  useEffect(() => {
    if (short) void fetchNextPage();
  }, [short, fetchNextPage]);
  return { items, pages: data?.pages.length ?? 0, more, looking: items.length === 0 && hasNextPage };
}

/** An action of a person: says how it went, then everything on the page is read again. */
export function useAction<T, R>(act: (value: T) => Promise<R>, done: (value: T) => string) {
  return useMutation({
    mutationFn: act,
    onSuccess: (_, value) => say({ tone: 'good', text: done(value) }),
    onError: (error) => {
      onRefusal(error);
      say({ tone: 'bad', text: error.message, requestId: error instanceof ApiProblem ? error.requestId : undefined });
    },
    // Not awaited: what a dialog does on success must not wait for the page to be read again.
    onSettled: () => {
      void queryClient.invalidateQueries();
    },
  });
}
