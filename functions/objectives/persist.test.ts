import { expect, it } from 'vitest';
import { TableBusy } from '../common/table.ts';
import { persist } from './persist.ts';

const failing = (...errors: Error[]) => {
  const calls = { made: 0 };
  const act = async () => {
    const error = errors[calls.made++];
    if (error) throw error;
    return 'done';
  };
  return { act, calls };
};

it('tries three times what may pass, and hands on what does not', async () => {
  const busy = () => new TableBusy('throttled');
  const passing = failing(busy(), busy());
  expect(await persist(passing.act, [0, 0])).toBe('done');
  expect(passing.calls.made).toBe(3);
  await expect(persist(failing(busy(), busy(), busy()).act, [0, 0])).rejects.toThrow('throttled');
  const final = failing(new Error('wrong'));
  await expect(persist(final.act, [0, 0])).rejects.toThrow('wrong');
  expect(final.calls.made).toBe(1);
});
