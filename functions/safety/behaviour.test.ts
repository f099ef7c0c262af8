import { describe, expect, it } from 'vitest';
import { readConfig } from '../common/config.ts';
import { BehaviourConfig, BLOCK_SLOTS, emptySlot, METRICS, NEW_WATCH, newBehaviour, SLOT_MS } from './behaviour.ts';

describe('time', () => {
  it('is cut into half seconds; a baseline is learned from half minutes', () => {
    expect([SLOT_MS, SLOT_MS * BLOCK_SLOTS]).toEqual([500, 30_000]);
  });
});

describe('what is counted', () => {
  it('is what the configuration has figures for', () => {
    expect(Object.keys(readConfig('behaviour.yaml', BehaviourConfig).metrics)).toEqual([...METRICS]);
  });
});

describe('an agent that was never seen', () => {
  it('has no baseline, no evidence against it and nothing behind it, by any metric', () => {
    const { slot, open, tasks, watches } = newBehaviour(7);
    expect({ slot, open, tasks }).toEqual({ slot: 7, open: emptySlot(), tasks: 0 });
    expect(Object.keys(watches)).toEqual([...METRICS]);
    expect(Object.values(watches).flatMap((watch) => Object.values(watch))).toEqual(
      METRICS.flatMap(() => Object.keys(NEW_WATCH).map(() => 0)),
    );
    const { operations, ...counts } = open;
    expect(operations).toEqual([]);
    expect(new Set(Object.values(counts))).toEqual(new Set([0]));
  });
});
