// Contrast is arithmetic: every pair of text and ground that the console uses meets AA (4.5), borders of fields 3.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);

const TEXT_ON: Record<string, string[]> = {
  text: ['canvas', 'surface', 'sunken', 'hover', 'accent-soft', 'red-soft', 'amber-soft'],
  'text-2': ['canvas', 'surface', 'sunken', 'hover', 'grey-soft', 'red-soft', 'amber-soft'],
  'text-3': ['canvas', 'surface', 'sunken', 'hover', 'accent-soft'],
  accent: ['canvas', 'surface', 'sunken', 'hover', 'accent-soft'],
  'accent-ink': ['accent', 'accent-hover'],
  green: ['surface', 'sunken', 'hover', 'green-soft', 'accent-soft'],
  blue: ['surface', 'sunken', 'hover', 'blue-soft', 'accent-soft'],
  grey: ['surface', 'sunken', 'hover', 'grey-soft', 'accent-soft'],
  amber: ['surface', 'sunken', 'hover', 'amber-soft', 'accent-soft'],
  violet: ['surface', 'sunken', 'hover', 'violet-soft', 'accent-soft'],
  red: ['canvas', 'surface', 'sunken', 'hover', 'red-soft', 'accent-soft'],
};
const pairs = Object.entries(TEXT_ON).flatMap(([front, backs]) => backs.map((back) => ({ front, back, least: 4.5 })));
const borders = ['canvas', 'surface'].map((back) => ({ front: 'line-input', back, least: 3 }));

describe.each(['light', 'dark'] as const)('%s', (scheme) => {
  it.each([...pairs, ...borders])('$front on $back is at least $least', ({ front, back, least }) => {
    expect(contrast(tokens.get(front)![scheme]!, tokens.get(back)![scheme]!)).toBeGreaterThanOrEqual(least);
  });
});

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
