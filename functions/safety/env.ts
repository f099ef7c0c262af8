// What each function of this room needs from its environment.
import * as z from 'zod';
import { TableName } from '../common/env.ts';

const table = { SAFETY_TABLE: TableName };
const bus = { EVENT_BUS: z.string().min(1) };

const channels = { CHANNELS_SECRET: z.string().min(1) };
const snapshots = { SNAPSHOT_BUCKET: z.string().min(1) };

export const ServeHttpEnv = z.object({ ...table, ...bus, ...channels, ...snapshots });
export const ActivateSwarmEnv = z.object({ ...table, ...bus });
export const SummarizeControlEnv = z.object(table);
export const FollowEffectsEnv = z.object({ ...table, ...bus });
export const ServeDiscordEnv = z.object({ ...table, ...bus });
export const ContainSwarmEnv = z.object({ ...table, ...bus, SIGNING_KEY: z.string().min(1) });

export const TransferStateEnv = z.object({ ...table, ...snapshots });
/** the states of take-snapshot and restore-snapshot that belong to no single room */
export const KeepSnapshotsEnv = z.object({ ...table, ...bus, ...snapshots });
const machines = { TAKE_SNAPSHOT_MACHINE_ARN: z.string().min(1), RESTORE_SNAPSHOT_MACHINE_ARN: z.string().min(1) };
/** starts a snapshot every hour */
export const StartSnapshotEnv = z.object(machines);
export const ServeSnapshotsEnv = z.object({ ...table, ...machines });
export const RaiseNoticeEnv = z.object({ ...table, ...bus, LADDER_MACHINE_ARN: z.string().min(1) });
export const NotifyPeopleEnv = z.object({ ...table, ...channels });
export const WeighDecisionsEnv = z.object({ ...table, ...bus });
/** performs effects, undoes them, and drills the undoing */
export const PerformEffectsEnv = z.object({ ...table, ...bus, ...snapshots });
export const ServePrivacyEnv = z.object({ ...table, PERSONS_TABLE: TableName, PRIVACY_SECRET: z.string().min(1) });
