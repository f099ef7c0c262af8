// Chaos: the same seed gives the same faults, at the rate asked for; wrong settings are refused with a reason.
import { describe, expect, it } from 'vitest';
import { parseChaos } from './chaos.ts';

const draws = (text: string, count = 2_000) => {
  const chaos = parseChaos(text);
  return Array.from({ length: count }, () => chaos.strikes('lostResponse'));
};

describe('chaos', () => {
  it('repeats itself for a seed and differs between seeds', () => {
    expect(draws('seed=7,lostResponse=20%')).toEqual(draws('seed=7,lostResponse=20%'));
    expect(draws('seed=7,lostResponse=20%')).not.toEqual(draws('seed=8,lostResponse=20%'));
  });

  it('does not let one fault shift another', () => {
    const chaos = parseChaos('seed=7,lostResponse=20%,throttle=50%');
    const mixed = Array.from({ length: 2_000 }, () => {
      chaos.strikes('throttle');
      return chaos.strikes('lostResponse');
    });
    expect(mixed).toEqual(draws('seed=7,lostResponse=20%'));
  });

  it('strikes about as often as asked', () => {
    const share = draws('seed=3,lostResponse=2.5%', 40_000).filter(Boolean).length / 40_000;
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.03);
  });

  it('is off without a text', () => {
    expect(parseChaos(undefined).active).toBe(false);
    expect(parseChaos('seed=7').strikes('throttle')).toBe(false);
  });

  it.each([
    ['trottle=1%', 'unknown fault "trottle"'],
    ['throttle=1', 'throttle must be a share such as 1%'],
    ['throttle=101%', 'throttle must be a share'],
    ['seed=x', 'seed must be a whole number'],
  ])('refuses %s', (text, message) => {
    expect(() => parseChaos(text)).toThrow(message);
  });
});
