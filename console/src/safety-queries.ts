// What the pages of safety watch. Each hook is one GET, asked again politely.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { pollMs } from './connection.ts';
import { pollPages } from './queries.ts';
import { type DecisionFilter, safetyApi } from './safety-api.ts';

export const useControl = () =>
  useQuery({ queryKey: ['control'], queryFn: ({ signal }) => safetyApi.control(signal), refetchInterval: pollMs });

export const useKills = () =>
  useInfiniteQuery({
    queryKey: ['kills'],
    queryFn: ({ pageParam, signal }) => safetyApi.kills(pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor || undefined,
    refetchInterval: pollPages,
  });

const containingMs = 500;

/** While it is being contained somebody watches each second of it. */
export const useKill = (killId: string) =>
  useQuery({
    queryKey: ['kill', killId],
    queryFn: ({ signal }) => safetyApi.kill(killId, signal),
    refetchInterval: ({ state }) =>
      state.data?.status === 'containing' && state.status === 'success' && !document.hidden ? containingMs : pollMs(),
  });

/** There is one only when the kill is contained; a newer one replaces it. */
export const useCertificate = (killId: string, sequence: number | undefined) =>
  useQuery({
    queryKey: ['certificate', killId, sequence],
    queryFn: ({ signal }) => safetyApi.certificate(killId, signal),
    enabled: sequence !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useDecisions = (filter: DecisionFilter) =>
  useInfiniteQuery({
    queryKey: ['decisions', filter],
    queryFn: ({ pageParam, signal }) => safetyApi.decisions(filter, pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor || undefined,
    refetchInterval: pollPages,
    placeholderData: keepPreviousData,
  });

export const useDecision = (decisionId: string) =>
  useQuery({
    queryKey: ['decision', decisionId],
    queryFn: ({ signal }) => safetyApi.decision(decisionId, signal),
    refetchInterval: pollMs,
  });

export const useLimits = () =>
  useInfiniteQuery({
    queryKey: ['limits'],
    queryFn: ({ pageParam, signal }) => safetyApi.limits(pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor || undefined,
    refetchInterval: pollPages,
  });

export const useNotices = () =>
  useQuery({ queryKey: ['notices'], queryFn: ({ signal }) => safetyApi.notices(signal), refetchInterval: pollMs });
