// Who a caller is and what role it acts in: words that the authorizer, every route and the audit share. Pure.
import * as z from 'zod';

/**
 * viewer reads · operator hands in and steers work · approver decides as a person · captain resumes, vetoes, changes
 * policies and principals · agent does the work · auditor reads the audit.
 */
export const ROLES = ['viewer', 'operator', 'approver', 'captain', 'agent', 'auditor'] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** Who is calling, as the authorizer found it. One principal may hold several roles. */
export type Principal = { principalId: string; roles: readonly Role[] };

/** The operator's own token is every human role at once, so that an installation of one person works. */
export const OPERATOR: Principal = {
  principalId: 'operator',
  roles: ['viewer', 'operator', 'approver', 'captain', 'auditor'],
};
export const ANONYMOUS: Principal = { principalId: 'anonymous', roles: [] };

const HUMAN: readonly Role[] = ['viewer', 'operator', 'approver', 'captain', 'auditor'];

/** Every human role includes the viewer's; nothing else follows from anything. In the order of `ROLES`. */
export function rolesThatMay(named: readonly Role[]): Role[] {
  return ROLES.filter((role) => named.includes(role) || (named.includes('viewer') && HUMAN.includes(role)));
}

/** An agent acts as itself only; to it, other agents are as if they did not exist. People are not bound by this. */
export const mayActAs = ({ principalId, roles }: Principal, agentId: string): boolean =>
  !roles.includes('agent') || principalId === agentId;

/** What an authorizer hands to API Gateway: the values of its context are strings. */
export type PrincipalContext = { principalId: string; roles: string };
export const contextOf = ({ principalId, roles }: Principal): PrincipalContext => ({
  principalId,
  roles: roles.join(','),
});

/** Out of the context again. What is not as an authorizer writes it is nobody, who may do nothing. */
export function principalIn(context: unknown): Principal {
  const { principalId, roles } = (context ?? {}) as Partial<Record<keyof PrincipalContext, unknown>>;
  if (typeof principalId !== 'string' || principalId === '' || typeof roles !== 'string') return ANONYMOUS;
  const known = roles.split(',').map((role) => Role.safeParse(role));
  if (known.some(({ success }) => !success)) return ANONYMOUS;
  return { principalId, roles: known.map(({ data }) => data as Role) };
}
