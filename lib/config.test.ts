import { describe, expect, it } from 'vitest';
import { readSettings } from './config.ts';

const from = (context: Record<string, unknown>) => readSettings((name) => context[name]);

describe('settings', () => {
  it('are those of dev when no stage is named', () => {
    expect(from({})).toMatchObject({ stage: 'dev', keepData: false, logRetentionDays: 7 });
  });

  it('keep data in prod', () => {
    expect(from({ stage: 'prod' })).toMatchObject({ stage: 'prod', keepData: true, logRetentionDays: 90 });
  });

  it('can be replaced one by one, as the text that -c carries', () => {
    expect(from({ keepData: 'true', logRetentionDays: '365', operatorTokenRotationDays: '0' })).toMatchObject({
      keepData: true,
      logRetentionDays: 365,
      operatorTokenRotationDays: 0,
    });
  });

  it('refuse a stage that does not exist, by its name', () => {
    expect(() => from({ stage: 'production' })).toThrow('stage is "production"; expected dev or prod');
  });

  it('refuse a value that makes no sense, with the name of the setting', () => {
    expect(() => from({ logRetentionDays: '8' })).toThrow(/stage dev are wrong[\s\S]*logRetentionDays/);
  });
});
