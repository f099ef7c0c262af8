// Policy documents: read once into statements, then asked whether they allow an action.
import { type ConditionTest, type Context, compileConditions, wildcard } from './match.ts';

type Matcher = (text: string) => boolean;
export type Statement = {
  allows: boolean;
  matchesAction: Matcher;
  matchesResource: Matcher;
  condition?: ConditionTest;
};
export type Decision = {
  outcome: 'allowed' | 'explicitDeny' | 'implicitDeny';
  /** the answer leaned on the request's context, so it must not be reused for another request */
  contextual: boolean;
};

/** The statements of a policy document; `where` says whose it is in errors. */
export function readPolicy(document: unknown, where: string): Statement[] {
  const { Statement } = (document ?? {}) as { Statement?: unknown };
  return [Statement ?? []].flat().map((raw) => {
    try {
      return readStatement(raw as Record<string, unknown>);
    } catch (error) {
      throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}

function readStatement(raw: Record<string, unknown>): Statement {
  if (raw.Effect !== 'Allow' && raw.Effect !== 'Deny') throw new Error(`Effect must be Allow or Deny`);
  const statement: Statement = {
    allows: raw.Effect === 'Allow',
    matchesAction: matcher(raw, 'Action', 'i'),
    matchesResource: matcher(raw, 'Resource', ''),
  };
  if (raw.Condition) statement.condition = compileConditions(raw.Condition);
  return statement;
}

function matcher(raw: Record<string, unknown>, member: 'Action' | 'Resource', flags: string): Matcher {
  const inverted = raw[`Not${member}`];
  const patterns = [inverted ?? raw[member] ?? []].flat().map((pattern) => wildcard(String(pattern), flags));
  if (patterns.length === 0) throw new Error(`a statement has neither ${member} nor Not${member}`);
  const any = (text: string) => patterns.some((matches) => matches(text));
  return inverted === undefined ? any : (text) => !any(text);
}

/** What a role's statements say together: an explicit deny wins, and what nothing allows is denied. */
export function decide(statements: Iterable<Statement>, action: string, resource: string, context: Context): Decision {
  let allowed = false;
  let contextual = false;
  for (const { allows, matchesAction, matchesResource, condition } of statements) {
    if (!matchesAction(action) || !matchesResource(resource)) continue;
    if (condition) {
      contextual = true;
      if (!condition(context)) continue;
    }
    if (!allows) return { outcome: 'explicitDeny', contextual };
    allowed = true;
  }
  return { outcome: allowed ? 'allowed' : 'implicitDeny', contextual };
}
