// An agent as config/agents.yaml or POST /agents declares it, before it is registered.
import * as z from 'zod';
import { CapabilityName } from '../common/capability.ts';
import { isStorableNumber, STORABLE } from '../common/storable.ts';

export const AgentId = z
  .string()
  .max(64)
  .regex(/^agt_[a-z0-9]+(-[a-z0-9]+)*$/, 'agt_ and a name in lower case, such as agt_analyst');
export const Department = z.enum(['Content', 'CMO', 'CRO', 'COO', 'CEO']);
export const Transport = z.enum(['builtin', 'webhook', 'pull']);

const HttpsUrl = z.url({ protocol: /^https$/, error: 'an address that begins with https://' }).max(2_000);
const Limits = z.strictObject({
  callsPerMinute: z.int().min(1).optional(),
  timeoutSeconds: z.int().min(1).max(86_400).optional(),
});

export const AgentDeclaration = z
  .strictObject({
    id: AgentId,
    title: z.string().trim().min(1).max(60),
    role: z.string().trim().min(1).max(300),
    department: Department,
    capabilities: z.array(CapabilityName).min(1).max(100),
    transport: Transport,
    /** builtin: the handler file's name in functions/agents */
    function: z
      .string()
      .regex(/^run-[a-z0-9]+(-[a-z0-9]+)*$/, 'the name of a handler, such as run-analyst')
      .optional(),
    /** webhook: where it is called */
    url: HttpsUrl.optional(),
    /** tasks at once; no limit when missing */
    concurrency: z.int().min(1).max(10_000).optional(),
    budgetUsdPerDay: z.number().min(0).max(1_000_000).refine(isStorableNumber, STORABLE).default(0),
    limits: Limits.default({}),
    permissions: z
      .array(z.string().regex(/^[a-z]+:[a-z0-9-]+$/, 'what:of, such as read:inputs'))
      .max(50)
      .default([]),
  })
  .superRefine((agent, context) => {
    const say = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (agent.transport === 'builtin' && !agent.function)
      say(['function'], 'the function of a builtin agent, such as run-analyst');
    if (agent.transport !== 'builtin' && agent.function)
      say(['function'], `no function: the transport is ${agent.transport}`);
    if (agent.transport === 'webhook' && !agent.url) say(['url'], 'the https address of a webhook agent');
    if (agent.transport !== 'webhook' && agent.url) say(['url'], `no url: the transport is ${agent.transport}`);
    agent.capabilities.forEach((name, index, all) => {
      if (all.indexOf(name) < index) say(['capabilities', index], 'each capability only once');
    });
  });
export type AgentDeclaration = z.infer<typeof AgentDeclaration>;

/** The whole file: every id once, and only capabilities that are declared in config/capabilities.yaml. */
export const agentDeclarations = (knownCapabilities: Iterable<string>) => {
  const known = new Set(knownCapabilities);
  return z
    .array(AgentDeclaration)
    .min(1)
    .max(5_000)
    .superRefine((agents, context) => {
      const firstUses = new Map<string, number>();
      agents.forEach(({ id, capabilities }, index) => {
        if (firstUses.has(id))
          context.addIssue({ code: 'custom', path: [index, 'id'], message: 'an id used only once' });
        firstUses.set(id, index);
        capabilities.forEach((name, position) => {
          if (known.has(name)) return;
          const message = `a capability of capabilities.yaml (${[...known].join(', ')})`;
          context.addIssue({ code: 'custom', path: [index, 'capabilities', position], message });
        });
      });
    });
};
