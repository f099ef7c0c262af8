// Proves, before the swarm may act, that its stores, queues and agents are there. Pure judgement; the looks are passed in.
export type Part = { part: string; check: () => Promise<string> };
export type PartReport = { part: string; ok: boolean; detail: string };
export type SwarmReport = { valid: boolean; parts: PartReport[] };

/** Looks at every part, all of them even when one fails, and reports each one. `check` throws, or says what it found. */
export async function validateSwarm(parts: readonly Part[]): Promise<SwarmReport> {
  const reports = await Promise.all(
    parts.map(async ({ part, check }): Promise<PartReport> => {
      try {
        return { part, ok: true, detail: await check() };
      } catch (error) {
        return { part, ok: false, detail: `${(error as Error).name}: ${(error as Error).message}` };
      }
    }),
  );
  return { valid: reports.every(({ ok }) => ok), parts: reports };
}
