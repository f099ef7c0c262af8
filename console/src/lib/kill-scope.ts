// What a kill stops: everything, or one part; how it is asked for, and how people say it.

export type ScopeKind = 'everything' | 'room' | 'objective' | 'agent';
export type KillScope = 'everything' | { room: string } | { objectiveId: string } | { agentId: string };

export const SCOPE_KINDS: readonly ScopeKind[] = ['everything', 'room', 'objective', 'agent'];
/** Rooms in which something runs that a kill could stop. */
export const ROOMS: readonly string[] = ['objectives', 'safety', 'agents'];

const ID: Record<'objective' | 'agent', RegExp> = { objective: /^obj_[\w-]+$/, agent: /^agt_[\w-]+$/ };

/** The scope as the API wants it; nothing while the part is not named rightly. */
export function scopeOf(kind: ScopeKind, part: string): KillScope | undefined {
  const name = part.trim();
  if (kind === 'everything') return 'everything';
  if (kind === 'room') return /^[a-z][a-z-]*$/.test(name) ? { room: name } : undefined;
  if (!ID[kind].test(name)) return undefined;
  return kind === 'objective' ? { objectiveId: name } : { agentId: name };
}

/** The scope behind the name that a kill keeps: `room:objectives`. */
export function scopeNamed(name: string): KillScope {
  const [, kind, part = ''] = /^(room|objective|agent):(.+)$/.exec(name) ?? [];
  return (kind && scopeOf(kind as ScopeKind, part)) || 'everything';
}

/** The name that a kill keeps of its scope. */
export function nameOfScope(scope: KillScope): string {
  if (scope === 'everything') return scope;
  if ('room' in scope) return `room:${scope.room}`;
  return 'agentId' in scope ? `agent:${scope.agentId}` : `objective:${scope.objectiveId}`;
}

/** As people say it: `everything`, `the room objectives`, `the agent agt_writer`. */
export function scopeWords(name: string): string {
  const [, kind, part] = /^(room|objective|agent):(.+)$/.exec(name) ?? [];
  return kind ? `the ${kind} ${part}` : name;
}
