// The access log: who used a sensitive route, when, from roughly where, and how it ended, as an item of the room's own
// table, whose stream brings it into the audit.
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { MiddlewareHandler } from 'hono';
import { ulid } from 'ulid';
import { type HttpEnv, HttpProblem } from './http.ts';
import type { Tables } from './table.ts';

export type AccessLog = { tables: Tables; table: string; now: () => Date };

const KEPT_SECONDS = 400 * 24 * 3_600;

/**
 * First in a sensitive route's `middleware`, so that refusals are in the log as well. The record is written before the
 * answer leaves: what could not be recorded is not shown. Changes are in the audit by themselves, whatever happens here.
 */
export function logsAccess(what: string, { tables, table, now }: AccessLog): MiddlewareHandler<HttpEnv> {
  const record: MiddlewareHandler<HttpEnv> = async (c, next) => {
    await next();
    const at = now();
    const { principalId, roles } = c.get('principal');
    const put = {
      pk: `access#${at.toISOString().slice(0, 10)}`,
      sk: `${at.toISOString()}#${ulid(at.getTime())}`,
      what,
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      roles: roles.join(','),
      from: roughly((c.env as { event?: APIGatewayProxyEventV2 } | undefined)?.event?.requestContext?.http?.sourceIp),
      by: principalId,
      why: `access: ${what}`,
      expiresAt: Math.floor(at.getTime() / 1_000) + KEPT_SECONDS,
    };
    const outcome = await tables.write([{ table, put }]).catch(() => undefined);
    if (!outcome?.written) throw new HttpProblem(503, 'access_not_recorded', 'The access log takes no record now');
  };
  return Object.assign(record, { logs: what });
}

/** The network, not the machine: enough to tell an office from a stranger, and no personal address. */
export function roughly(sourceIp: string | undefined): string {
  if (!sourceIp) return 'unknown';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(sourceIp)) return `${sourceIp.split('.').slice(0, 3).join('.')}.0/24`;
  const [head = ''] = sourceIp.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  return `${groups.slice(0, 3).join(':')}::/48`;
}
