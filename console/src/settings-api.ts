// The calls of the settings page: snapshots, undo drills, principals, credentials and policies.
import { call, id, type Page, query } from './api.ts';

type Began = { beganAt: string; by: string; why: string; error?: string };
export type Snapshot = Began & {
  snapshotId: string;
  status: 'taking' | 'complete' | 'failed';
  consistentAt?: string;
  rooms?: { room: string; items: number; digest: string }[];
};
export type Restored = { room: string; equal: number; changed: number; stricter: string[]; same: boolean };
export type Restore = Began & {
  restoreId: string;
  snapshotId: string;
  status: 'running' | 'complete' | 'failed';
  endedAt?: string;
  rooms?: Restored[];
  configurationDiffers?: string[];
};
export type Drill = {
  drillId: string;
  at: string;
  result: 'passed' | 'failed';
  actions: { action: string; result: 'undone' | 'failed'; detail: string; durationMs: number }[];
  notDrilled: { action: string; reason: string }[];
};
export type Principal = {
  principalId: string;
  title: string;
  roles: string[];
  status: 'active' | 'expired' | 'revoked';
  createdAt: string;
  createdBy: string;
  expiresAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
};
export type Issued = Principal & { token: string };
export type NewPrincipal = { title: string; roles: string[]; expiresInDays: number };
export type Credential = {
  name: string;
  kind: string;
  provider: string;
  pool: string | null;
  chosen: boolean;
  status: 'new' | 'ok' | 'refused' | 'wanted';
  reason: string | null;
  rotatedAt: string | null;
  rotateBy: string | null;
  expiresAt: string | null;
  warning: 'expiring' | 'overdue' | 'expired' | 'refused' | null;
};
export type PolicyChange = { version: number; digest: string; by: string; reason: string; at: string };
export type Policies = PolicyChange & {
  files: Record<string, string>;
  policies: { id: string; file: string; effect: string; action?: string }[];
};

export const settingsPaths = {
  snapshots: (cursor?: string) => `/snapshots${query({ limit: 20, cursor })}`,
  restores: (cursor?: string) => `/restores${query({ limit: 10, cursor })}`,
  drills: (cursor?: string) => `/drills${query({ limit: 10, cursor })}`,
  principals: (cursor?: string) => `/principals${query({ limit: 50, cursor })}`,
  credentials: () => '/credentials',
  policies: () => '/policies',
  policyHistory: (cursor?: string) => `/policies/history${query({ limit: 20, cursor })}`,
};

const post = <T>(path: string, body: unknown = {}) => call<T>(path, { method: 'POST', body });

export const settingsApi = {
  snapshots: (cursor?: string, signal?: AbortSignal) =>
    call<Page<Snapshot>>(settingsPaths.snapshots(cursor), { signal }),
  takeSnapshot: (reason: string) => post<{ snapshotId: string }>('/snapshots', { reason }),
  restore: (snapshotId: string, reason: string) =>
    post<{ restoreId: string }>(`/snapshots/${id(snapshotId)}/restore`, { reason }),
  restores: (cursor?: string, signal?: AbortSignal) => call<Page<Restore>>(settingsPaths.restores(cursor), { signal }),
  drills: (cursor?: string, signal?: AbortSignal) => call<Page<Drill>>(settingsPaths.drills(cursor), { signal }),
  drill: () => post<{ drillId: string }>('/drills'),
  principals: (cursor?: string, signal?: AbortSignal) =>
    call<Page<Principal>>(settingsPaths.principals(cursor), { signal }),
  letIn: (body: NewPrincipal) => post<Issued>('/principals', body),
  revoke: (principalId: string, reason: string) => post<Principal>(`/principals/${id(principalId)}/revoke`, { reason }),
  credentials: (signal?: AbortSignal) => call<{ items: Credential[] }>(settingsPaths.credentials(), { signal }),
  renew: (name: string) => post<unknown>(`/credentials/${id(name)}/rotate`),
  policies: (signal?: AbortSignal) => call<Policies>(settingsPaths.policies(), { signal }),
  policyHistory: (cursor?: string, signal?: AbortSignal) =>
    call<Page<PolicyChange>>(settingsPaths.policyHistory(cursor), { signal }),
  rollBack: (version: number, reason: string) => post<unknown>('/policies/rollback', { version, reason }),
};
