// Builds what the function that follows kills needs. Production wiring only.
import { setTimeout as pause } from 'node:timers/promises';
import { signerOn } from '../common/signer.client.ts';
import type { ContainSwarmDeps } from './contain-swarm.ts';
import { controlDeps } from './control-deps.ts';
import { issueCertificate } from './issue-certificate.ts';

type Env = { SAFETY_TABLE: string; EVENT_BUS: string; SIGNING_KEY: string };

export function containDeps(env: Env): ContainSwarmDeps {
  const control = controlDeps(env);
  const signer = signerOn(env.SIGNING_KEY);
  return {
    ...control,
    certify: (kill) => issueCertificate(kill, { ...control, signer }),
    pause: (ms) => pause(ms),
  };
}
