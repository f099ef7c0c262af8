// A kill stops what is named, and a part that is not named stops nothing.
import { expect, it } from 'vitest';
import { nameOfScope, type ScopeKind, scopeNamed, scopeOf, scopeWords } from './kill-scope.ts';

it.each<[ScopeKind, string, string]>([
  ['everything', '', 'everything'],
  ['everything', 'obj_1', 'everything'],
  ['room', ' objectives ', 'room:objectives'],
  ['objective', 'obj_01JD4Q8Z3X', 'objective:obj_01JD4Q8Z3X'],
  ['agent', 'agt_writer', 'agent:agt_writer'],
])('%s %s is the scope %s, there and back', (kind, part, name) => {
  const scope = scopeOf(kind, part);
  expect(scope && nameOfScope(scope)).toBe(name);
  expect(scopeNamed(name)).toEqual(scope);
});

it.each<[ScopeKind, string]>([
  ['room', ''],
  ['room', 'obj_1'],
  ['objective', 'agt_writer'],
  ['agent', 'writer'],
])('%s "%s" is no scope', (kind, part) => expect(scopeOf(kind, part)).toBeUndefined());

it.each([
  ['everything', 'everything'],
  ['room:objectives', 'the room objectives'],
  ['agent:agt_writer', 'the agent agt_writer'],
])('%s is said as %s', (name, words) => expect(scopeWords(name)).toBe(words));
