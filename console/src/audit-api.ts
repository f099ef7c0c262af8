// The calls of what proves the audit: signed roots, the proof of an entry, and the export that is taken home.
import { call, id } from './api.ts';
import type { AuditProof, LaneRoot, SignedRoot } from './lib/audit-proof.ts';

export type Root = SignedRoot & { epoch: number; at: string; key: string; lanes: LaneRoot[] };
type Roots = { items: Root[]; keys: { fingerprint: string; publicKey: string }[] };

export const auditPaths = {
  lastRoot: () => '/audit/roots?limit=1',
  proof: (entryId: string) => `/audit/proof/${id(entryId)}`,
};

export const auditApi = {
  lastRoot: async (signal?: AbortSignal): Promise<Root | null> =>
    (await call<Roots>(auditPaths.lastRoot(), { signal })).items[0] ?? null,
  proof: (entryId: string) => call<AuditProof>(auditPaths.proof(entryId)),
  seal: () =>
    call<{ kind: string; epoch: number; entries: number; more: boolean }>('/audit/seal', { method: 'POST', body: {} }),
  wholeTrail,
};

/** Seals what is new, then reads the whole trail page by page, as `lazyark audit export` does. */
async function wholeTrail(onLines: (lines: number) => void): Promise<string> {
  // A long trail is sealed in parts.
  while ((await auditApi.seal()).more);
  const lines: string[] = [];
  let cursor: string | undefined;
  do {
    const page = (await call<string>(`/audit/export${cursor ? `?cursor=${id(cursor)}` : ''}`))
      .split('\n')
      .filter(Boolean);
    cursor = cursorOf(page.at(-1));
    lines.push(...(cursor ? page.slice(0, -1) : page));
    onLines(lines.length);
  } while (cursor);
  return `${lines.join('\n')}\n`;
}

/** A page that is not the last ends with `{"cursor": "…"}`. */
function cursorOf(line = ''): string | undefined {
  return line.startsWith('{"cursor":') ? (JSON.parse(line) as { cursor: string }).cursor : undefined;
}
