import { describe, expect, it } from 'vitest';
import { contextOf, mayActAs, OPERATOR, principalIn, ROLES, type Role, rolesThatMay } from './roles.ts';

describe('a principal through the authorizer’s context', () => {
  it('comes out as it went in, through JSON', () => {
    for (const roles of [['viewer'], ['agent'], [...ROLES]] as Role[][]) {
      const principal = { principalId: 'prn_x', roles };
      expect(principalIn(JSON.parse(JSON.stringify(contextOf(principal))))).toEqual(principal);
    }
  });

  it.each([
    { what: 'nothing', context: undefined },
    { what: 'null', context: null },
    { what: 'no roles', context: { principalId: 'prn_x' } },
    { what: 'an empty id', context: { principalId: '', roles: 'captain' } },
    { what: 'a role that is none', context: { principalId: 'prn_x', roles: 'captain,root' } },
    { what: 'roles as a list', context: { principalId: 'prn_x', roles: ['captain'] } },
    { what: 'an id that is no text', context: { principalId: 7, roles: 'captain' } },
  ])('$what is nobody', ({ context }) => {
    expect(principalIn(context)).toEqual({ principalId: 'anonymous', roles: [] });
  });
});

describe('roles', () => {
  it('of people include the viewer’s; nothing else follows', () => {
    expect(rolesThatMay(['viewer'])).toEqual(['viewer', 'operator', 'approver', 'captain', 'auditor']);
    expect(rolesThatMay(['captain'])).toEqual(['captain']);
    expect(rolesThatMay(['viewer', 'agent'])).toEqual([...ROLES]);
  });

  it('bind an agent to itself, also when it is more than an agent, and nobody else', () => {
    expect(mayActAs({ principalId: 'agt_a', roles: ['agent'] }, 'agt_a')).toBe(true);
    expect(mayActAs({ principalId: 'agt_a', roles: ['agent'] }, 'agt_b')).toBe(false);
    expect(mayActAs({ principalId: 'agt_a', roles: ['agent', 'captain'] }, 'agt_b')).toBe(false);
    expect(mayActAs(OPERATOR, 'agt_b')).toBe(true);
  });
});
