// A status with silent rooms still has every part.
import { expect, it } from 'vitest';
import { wholeStatus } from './whole-status.ts';

it('fills in what a silent room leaves out', () => {
  const status = wholeStatus({ mode: 'active', agents: null, silent: ['agents', 'audit'] });
  expect([status.mode, status.agents.healthy, status.audit.lanes, status.silent]).toEqual([
    'active',
    0,
    [],
    ['agents', 'audit'],
  ]);
});

it('does not know the mode that nobody told', () => expect(wholeStatus({}).mode).toBe('unknown'));
