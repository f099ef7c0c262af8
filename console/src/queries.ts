// What the pages watch. Each hook is one GET, asked again politely; a refused token ends the session.
import {
  keepPreviousData,
  QueryCache,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
} from '@tanstack/react-query';
import { ApiProblem, api } from './api.ts';
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

export const useAgents = () =>
  useQuery({ queryKey: ['agents'], queryFn: ({ signal }) => api.agents(signal), refetchInterval: pollMs });

export const useControl = (watching: boolean) =>
  useQuery({
    queryKey: ['control'],
    queryFn: ({ signal }) => api.control(signal),
    refetchInterval: pollMs,
    enabled: watching,
  });

const endStates = ['succeeded', 'failed', 'cancelled'];

/** One objective; a finished one is asked for less often, because a redrive may open it again. */
export const useObjective = (objectiveId: string) =>
  useQuery({
    queryKey: ['objective', objectiveId],
    queryFn: ({ signal }) => api.objective(objectiveId, signal),
    refetchInterval: ({ state }) => (endStates.includes(state.data?.status ?? '') ? pollMs() * 5 : pollMs()),
  });

/** The first objectives of one status, for tiles. */
export const useFewObjectives = (status: string, limit: number) =>
  useQuery({
    queryKey: ['objectives', 'few', status, limit],
    queryFn: ({ signal }) => api.objectives(status, undefined, limit, signal),
    refetchInterval: pollMs,
  });

/** Long lists poll slower the more of them was loaded: each poll reads all loaded pages again. */
const pollPages = (query: { state: { data?: { pages: unknown[] } } }): number =>
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

export const useAudit = (lane: string, q: string) =>
  useInfiniteQuery({
    queryKey: ['audit', lane, q],
    queryFn: ({ pageParam, signal }) => api.audit(lane || undefined, q || undefined, pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor || undefined,
    refetchInterval: pollPages,
    placeholderData: keepPreviousData,
  });

/** An action of a person: says how it went, then everything on the page is read again. */
export function useAction<T>(act: (value: T) => Promise<unknown>, done: (value: T) => string) {
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
