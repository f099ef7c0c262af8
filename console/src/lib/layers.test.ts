// The layout of a task graph: layers, rows, arrow keys, and graphs that should not exist.
import { describe, expect, it } from 'vitest';
import { layoutLayers, NODE, neighbour, viewOf } from './layers.ts';

const diamond = [
  { id: 'read', dependsOn: [] },
  { id: 'scores', dependsOn: ['read'] },
  { id: 'complaints', dependsOn: ['read'] },
  { id: 'report', dependsOn: ['scores', 'complaints', 'read'] },
];

describe('layoutLayers', () => {
  it('puts a task right of the last one it waits for', () => {
    expect(layoutLayers(diamond).layers).toEqual([['read'], ['scores', 'complaints'], ['report']]);
  });
  it('centres each layer on the same line and never lets two nodes touch', () => {
    const { places } = layoutLayers(diamond);
    expect([places.get('read')?.y, places.get('report')?.y]).toEqual([0, 0]);
    expect(places.get('complaints')!.y - places.get('scores')!.y).toBe(NODE.height + NODE.gapY);
    expect(places.get('scores')!.x - places.get('read')!.x).toBe(NODE.width + NODE.gapX);
  });
  it('uncrosses what can be uncrossed', () => {
    const crossed = [
      { id: 'a', dependsOn: [] },
      { id: 'b', dependsOn: [] },
      { id: 'of-b', dependsOn: ['b'] },
      { id: 'of-a', dependsOn: ['a'] },
    ];
    const { places } = layoutLayers(crossed);
    expect(places.get('of-a')!.row).toBe(places.get('a')!.row);
    expect(places.get('of-b')!.row).toBe(places.get('b')!.row);
  });
  it('still draws dangling and cyclic plans', () => {
    const broken = [
      { id: 'a', dependsOn: ['nobody'] },
      { id: 'b', dependsOn: ['c', 'a'] },
      { id: 'c', dependsOn: ['b'] },
    ];
    expect(layoutLayers(broken).layers).toEqual([['a'], ['b', 'c']]);
  });
  it('is empty for no tasks', () => expect(layoutLayers([]).layers).toEqual([]));
  it('lays a thousand tasks out fast', () => {
    const tasks = Array.from({ length: 1000 }, (_, n) => ({
      id: `${n}`,
      dependsOn: n < 50 ? [] : [`${n - 50}`, `${n - 49}`],
    }));
    const started = performance.now();
    expect(layoutLayers(tasks).places.size).toBe(1000);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('viewOf', () => {
  const layout = layoutLayers(diamond);
  it('shows all of a small graph in the middle', () => {
    const { x, y, zoom } = viewOf(layout, layout.places.keys(), { width: 2000, height: 1000 });
    expect([zoom, x + (NODE.width * 3 + NODE.gapX * 2) / 2, y + NODE.height / 2]).toEqual([1, 1000, 500]);
  });
  it('shrinks what is wider than the box', () => {
    expect(viewOf(layout, layout.places.keys(), { width: 432, height: 1000 }).zoom).toBeCloseTo(0.5);
  });
  it('stays where it is for nothing', () => expect(viewOf(layout, [], { width: 100, height: 100 }).zoom).toBe(1));
});

describe('neighbour', () => {
  const layout = layoutLayers(diamond);
  it.each([
    ['scores', 'down', 'complaints'],
    ['complaints', 'up', 'scores'],
    ['scores', 'left', 'read'],
    ['complaints', 'right', 'report'],
    ['report', 'right', undefined],
    ['gone', 'right', 'read'],
  ] as const)('%s %s -> %s', (id, direction, next) => expect(neighbour(layout, id, direction)).toBe(next));
});
