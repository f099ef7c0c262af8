// Addresses there and back, and where ids lead.
import { expect, it } from 'vitest';
import { hrefOf, parseRoute, routeOfId } from './routes.ts';

const PAGES = [
  '/',
  '/objectives',
  '/objectives/new',
  '/objectives/obj_1',
  '/agents',
  '/decisions',
  '/decisions/dec_1',
  '/limits',
  '/audit',
  '/stages',
  '/settings',
  '/kills',
  '/kills/kil_1',
];
it.each(PAGES)('%s is a page', (path) => {
  expect(hrefOf(parseRoute(path))).toBe(path);
});

it.each(['/nowhere', '/objectives/a/b', '/audit/x'])('%s is not', (path) =>
  expect(parseRoute(path)).toEqual({ page: 'missing' }),
);

it('survives a broken escape', () =>
  expect(parseRoute('/objectives/%E0%A4%A')).toEqual({ page: 'objective', id: '%E0%A4%A' }));

it.each([
  ['obj_01JD4Q8Z3X', '/objectives/obj_01JD4Q8Z3X'],
  [' tsk_01JD4Q8Z3X_4 ', '/objectives/obj_01JD4Q8Z3X?task=tsk_01JD4Q8Z3X_4'],
  ['agt_writer', '/agents'],
  ['dec_01JD4Q8Z3X', '/decisions/dec_01JD4Q8Z3X'],
  ['kil_01JD4Q8Z3X', '/kills/kil_01JD4Q8Z3X'],
  ['eff_01JD4Q8Z3X', '/audit?q=eff_01JD4Q8Z3X'],
])('%s leads to %s', (id, href) => expect(hrefOf(routeOfId(id)!)).toBe(href));

it('does not take words for ids', () => expect(routeOfId('objectives')).toBeUndefined());
