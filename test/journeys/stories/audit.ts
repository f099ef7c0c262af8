// Everything that happened can be looked up, and nobody can change it unseen.
import { describe, expect, it } from 'vitest';
import { openApi } from '../../../bin/cli/api.ts';
import { fetchedTrail } from '../../../bin/cli/audit-trail.ts';
import { auditVerifier } from '../../../bin/cli/verify-audit.ts';
import type { Client, Page } from '../client.ts';
import { layeredPlan } from '../plans.ts';

type Entry = { entryId: string; lane: string; kind: string; by: string; why: string; hash: string; pk: string };

function reportOn(lines: readonly string[]) {
  const verifier = auditVerifier();
  for (const line of lines) verifier.feed(line);
  return verifier.report();
}

export function auditStories(api: Client): void {
  describe('audit', () => {
    it('an objective leaves a trail from the hand that brought it to its end', async () => {
      const objectiveId = await api.submit({ plan: layeredPlan([1, 1]) });
      await api.ended(objectiveId);
      const page = await api.until(
        'the end of the objective is on the trail',
        () => api.get<Page<Entry>>(`/audit?objectiveId=${objectiveId}&limit=200`),
        ({ items }) => items.some(({ why }) => /finished|all tasks|succeeded/.test(why)),
      );
      const whys = page.items.map(({ lane, kind, by, why }) => [lane, kind, by, why]);
      expect(whys).toContainEqual(['objectives', 'INSERT', 'operator', 'received']);
      expect(new Set(page.items.map(({ lane }) => lane))).toEqual(new Set(['objectives', 'safety']));
      const [entry] = page.items;
      expect(await api.get(`/audit/${entry?.entryId}`)).toEqual(entry);
    });

    it('the export is a chain without a gap, and the smallest change in it is found', async () => {
      const { endpoint, token } = api.swarmNow();
      const lines = await Array.fromAsync(fetchedTrail(openApi({ endpoint, token })));
      const report = reportOn(lines);
      expect(report.faults).toEqual([]);
      expect(report.lanes.map(({ lane }) => lane).sort()).toEqual(['agents', 'objectives', 'operations', 'safety']);
      expect(report.entries).toBeGreaterThan(10);

      const at = lines.findIndex((line) => line.includes('received'));
      const changed = lines.with(at, (lines[at] ?? '').replace('received', 'deceived'));
      expect(reportOn(changed)).toMatchObject({ valid: false, faultsInAll: 1 });
      expect(reportOn(lines.toSpliced(at, 1))).toMatchObject({ valid: false });
    });
  });
}
