import { describe, expect, it } from 'vitest';
import { readConfig } from '../common/config.ts';
import { declaredStages, NO_RECORD, STEP_AFTER, STEPS, StagesConfig } from './stage.ts';

const config = readConfig('stages.yaml', StagesConfig);

describe('a stage', () => {
  it('begins with nothing on record', () => {
    expect(new Set(Object.values(NO_RECORD))).toEqual(new Set([0]));
  });

  it('is followed by the next, and live by none', () => {
    expect(Object.entries(STEP_AFTER)).toEqual(STEPS.slice(1).map((step, n) => [STEPS[n], step]));
  });
});

describe('what is in shadow from the start', () => {
  it('is what stages.yaml names, and of the capabilities those that say so and are not named there', () => {
    const subjects = [{ subject: 'mail.send', candidate: 'agt_b', money: true }];
    const capabilities = [
      { name: 'noop' },
      { name: 'text.new', stage: 'shadow' as const },
      { name: 'mail.send', stage: 'shadow' as const },
    ];
    expect(declaredStages({ ...config, subjects }, capabilities)).toEqual([
      { subject: 'mail.send', candidate: 'agt_b', money: true },
      { subject: 'text.new', money: false },
    ]);
    expect(declaredStages({ ...config, subjects: [] }, [])).toEqual([]);
  });
});
