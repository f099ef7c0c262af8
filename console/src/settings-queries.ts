// What the settings page watches. Who reads principals or credentials is written down, so those are not polled.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Page } from './api.ts';
import { pollPages } from './queries.ts';
import { settingsApi } from './settings-api.ts';

type Read<T> = (cursor?: string, signal?: AbortSignal) => Promise<Page<T>>;

function usePages<T>(key: string, read: Read<T>, polled = true) {
  return useInfiniteQuery({
    queryKey: ['settings', key],
    queryFn: ({ pageParam, signal }) => read(pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor || undefined,
    ...(polled ? { refetchInterval: pollPages } : { staleTime: Number.POSITIVE_INFINITY }),
  });
}

export const useSnapshots = () => usePages('snapshots', settingsApi.snapshots);
export const useRestores = () => usePages('restores', settingsApi.restores);
export const useDrills = () => usePages('drills', settingsApi.drills);
export const usePrincipals = () => usePages('principals', settingsApi.principals, false);
export const usePolicyHistory = () => usePages('policy history', settingsApi.policyHistory);
export const useCredentials = () =>
  useQuery({
    queryKey: ['settings', 'credentials'],
    queryFn: ({ signal }) => settingsApi.credentials(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
export const usePolicies = () =>
  useQuery({ queryKey: ['settings', 'policies'], queryFn: ({ signal }) => settingsApi.policies(signal) });
