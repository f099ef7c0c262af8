// What the page of stages watches. Each hook is one GET, asked again politely.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { pollMs } from './connection.ts';
import { pollPages, useStatus } from './queries.ts';
import { stagesApi } from './stages-api.ts';

export const useStages = () =>
  useQuery({ queryKey: ['stages'], queryFn: ({ signal }) => stagesApi.stages(signal), refetchInterval: pollMs });

export const useStage = (subject: string) =>
  useQuery({
    queryKey: ['stage', subject],
    queryFn: ({ signal }) => stagesApi.stage(subject, signal),
    refetchInterval: pollMs,
  });

export const useAnomalies = () =>
  useInfiniteQuery({
    queryKey: ['anomalies'],
    queryFn: ({ pageParam, signal }) => stagesApi.anomalies(pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor || undefined,
    refetchInterval: pollPages,
  });

/** Agents that stand still, by id. */
export const usePausedAgents = () =>
  useQuery({
    queryKey: ['control', 'paused agents'],
    queryFn: async ({ signal }) => (await stagesApi.pauses(signal)).filter(({ scope }) => scope.startsWith('agent:')),
    refetchInterval: pollMs,
  });

/** Whether the one who is signed in has a role; undefined while that is not known. */
export function useRole(role: string): boolean | undefined {
  return useStatus().data?.me.roles.includes(role);
}
