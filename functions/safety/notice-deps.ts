// Builds what the functions of notices share. Production wiring only.
import { setTimeout as wait } from 'node:timers/promises';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { announceOn } from '../common/announce.ts';
import { readConfig } from '../common/config.ts';
import { readEnv } from '../common/env.ts';
import { openTables } from '../common/table-open.ts';
import type { AnswerDeps } from './answer-notice.ts';
import { channelSecretsIn } from './channel-secrets.client.ts';
import { NotifyPeopleEnv, RaiseNoticeEnv } from './env.ts';
import { EscalationConfig } from './escalation-config.ts';
import { laddersOn } from './ladder-runs.client.ts';
import type { NotifyDeps } from './notify-people.ts';
import { type RaiseDeps, raise } from './raise-notice.ts';
import { phoneOn } from './text-messages.client.ts';
import { postOn } from './webhooks.client.ts';

const now = () => new Date();

export function raiseDeps(): RaiseDeps & AnswerDeps {
  const { SAFETY_TABLE, EVENT_BUS, LADDER_MACHINE_ARN } = readEnv(RaiseNoticeEnv);
  return {
    tables: openTables(),
    table: SAFETY_TABLE,
    config: readConfig('escalation.yaml', EscalationConfig),
    announce: announceOn(EVENT_BUS, new EventBridgeClient()),
    startLadder: laddersOn(LADDER_MACHINE_ARN, new SFNClient()),
    now,
  };
}

export function notifyDeps(): NotifyDeps {
  const { SAFETY_TABLE, CHANNELS_SECRET } = readEnv(NotifyPeopleEnv);
  const store = {
    tables: openTables(),
    table: SAFETY_TABLE,
    config: readConfig('escalation.yaml', EscalationConfig),
    now,
  };
  return {
    ...store,
    secrets: channelSecretsIn(new SecretsManagerClient(), CHANNELS_SECRET),
    // One attempt each: the SDK's own repeats would send a message twice.
    outside: { post: postOn(), phone: phoneOn(new PinpointSMSVoiceV2Client({ maxAttempts: 1 })) },
    pause: (seconds) => wait(seconds * 1_000),
    raise: (wanted) => raise(wanted, store),
  };
}
