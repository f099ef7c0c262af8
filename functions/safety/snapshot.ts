// A snapshot of what all rooms keep, and a restore from one: what is recorded of them.
import type { Item } from '../common/table.ts';

export type RoomSnapshot = { room: string; items: number; digest: string; manifestSha256: string };
export type Snapshot = {
  snapshotId: string;
  status: 'taking' | 'complete' | 'failed';
  beganAt: string;
  by: string;
  why: string;
  /** all rooms were in this state at this moment */
  consistentAt?: string;
  rooms?: RoomSnapshot[];
  /** SHA-256 of each file of config/ */
  configuration?: Record<string, string>;
  error?: string;
};
export type RestoredRoom = { room: string; equal: number; changed: number; stricter: string[]; same: boolean };
export type Restore = {
  restoreId: string;
  snapshotId: string;
  status: 'running' | 'complete' | 'failed';
  beganAt: string;
  by: string;
  why: string;
  endedAt?: string;
  rooms?: RestoredRoom[];
  /** files of config/ that are deployed in another version than the snapshot's: a restore does not deploy */
  configurationDiffers?: string[];
  error?: string;
};

/** `snp_20261120T100000Z`: readable, and later ones sort after earlier ones. `suffix` tells two of a second apart. */
export function snapshotIdOf(prefix: 'snp' | 'rst' | 'drl', at: Date, suffix = ''): string {
  const time = at
    .toISOString()
    .slice(0, 19)
    .replace(/[^0-9T]/g, '');
  return `${prefix}_${time}Z${suffix && `-${suffix}`}`;
}

/** Names of files whose digest is not the same in both. */
export function differingFiles(then: Record<string, string>, now: Record<string, string>): string[] {
  return [...new Set([...Object.keys(then), ...Object.keys(now)])].filter((file) => then[file] !== now[file]).sort();
}

/** What was stored, without what the store needs. */
export function recordOf<Kind>({ pk, sk, ...record }: Item): Kind {
  return record as unknown as Kind;
}
