// Everything that happened can be looked up, and nobody can change it unseen.
import { describe, expect, it } from 'vitest';
import { openApi } from '../../../bin/cli/api.ts';
import { anchoredRoots, fetchedTrail } from '../../../bin/cli/audit-trail.ts';
import { auditVerifier, faultOfProof, type Proof, type VerifierOptions } from '../../../bin/cli/verify-audit.ts';
import { type Client, expectProblem, type Page } from '../client.ts';
import { layeredPlan } from '../plans.ts';

type Entry = { entryId: string; lane: string; kind: string; by: string; why: string; hash: string; pk: string };

type Sealed = { kind: string; epoch: number; more: boolean };
type Root = { epoch: number; lanes: { lane: string; size: number }[] };

function reportOn(lines: readonly string[], options: VerifierOptions = {}) {
  const verifier = auditVerifier(options);
  for (const line of lines) verifier.feed(line);
  return verifier.report();
}

export function auditStories(api: Client, { signs }: { signs: boolean }): void {
  describe('audit', () => {
    it('an objective leaves a trail from the hand that brought it to its end', async () => {
      const objectiveId = await api.submit({ plan: layeredPlan([1, 1]) });
      await api.ended(objectiveId);
      const page = await api.until(
        'the end of the objective is on the trail',
        () => api.get<Page<Entry>>(`/audit?objectiveId=${objectiveId}&limit=200`),
        // each lane follows its own table, so the end of one says nothing about the other
        ({ items }) =>
          items.some(({ why }) => /finished|all tasks|succeeded/.test(why)) &&
          items.some(({ lane }) => lane === 'safety'),
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
      expect(report.lanes.map(({ lane }) => lane).sort()).toEqual([
        ...['access', 'agents', 'objectives', 'operations', 'safety'],
      ]);
      expect(report.entries).toBeGreaterThan(10);

      const at = lines.findIndex((line) => line.includes('received'));
      const changed = lines.with(at, (lines[at] ?? '').replace('received', 'deceived'));
      expect(reportOn(changed)).toMatchObject({ valid: false, faultsInAll: 1 });
      expect(reportOn(lines.toSpliced(at, 1))).toMatchObject({ valid: false });
    });

    it('the verifier is there to be taken home, by anybody', async () => {
      const script = await api.call('GET', '/verify-audit-export.mjs', { token: null });
      expect(script).toMatchObject({ status: 200, text: expect.stringContaining('node verify-audit-export.mjs') });
    });

    describe.runIf(signs)('under signed roots', () => {
      const openedApi = () => openApi(api.swarmNow());
      const sealed = async (): Promise<Root> => {
        while ((await api.post<Sealed>('/audit/seal')).more);
        const { items } = await api.get<Page<Root>>('/audit/roots?limit=1');
        return items[0] as Root;
      };

      it('everything is covered by a root that lies in the archive, and the export proves it offline', async () => {
        await sealed();
        const anchors = await anchoredRoots(openedApi());
        const lines = await Array.fromAsync(fetchedTrail(openedApi()));
        const report = reportOn(lines, { anchors, rootsExpected: true });
        expect(report.faults).toEqual([]);
        expect(report.roots.anchorsCompared).toBeGreaterThan(0);
        expect(report.sealed).toBeGreaterThan(report.entries / 2);

        const withoutLast = lines.filter((_, at) => at !== lines.findLastIndex((line) => line.startsWith('{"root"')));
        expect(reportOn(withoutLast, { anchors }).faults[0]?.fault).toContain('cut off');
      });

      it('an entry is proven by a path to the signed root; one that is not there is not', async () => {
        const root = await sealed();
        const size = root.lanes.find(({ lane }) => lane === 'objectives')?.size ?? 0;
        for (const seq of [1, Math.ceil(size / 2), size]) {
          const proof = await api.get<Proof>(`/audit/proof/aud_objectives_${seq}`);
          expect(faultOfProof(proof)).toBeUndefined();
          expect(faultOfProof({ ...proof, index: (proof.index + 1) % size })).toBeDefined();
        }
        expectProblem(await api.call('GET', '/api/v1/audit/proof/aud_objectives_999999999'), 404, 'no_such_entry');
        expectProblem(await api.call('GET', '/api/v1/audit/consistency?from=9&to=3'), 404, 'no_such_roots');
      });

      it('who takes the trail home is on it', async () => {
        await openedApi().raw('/audit/export');
        const report = await api.until(
          'the reading is on the trail',
          () => api.get<Page<{ by: string; what: string }>>('/audit/reports/access'),
          ({ items }) => items.length > 0,
        );
        expect(report.items[0]).toMatchObject({ by: 'operator', what: expect.stringMatching(/^audit\./) });
        const csv = await api.call('GET', '/api/v1/audit/reports/effects?format=csv&limit=5');
        expect(csv.text.split('\r\n')[0]).toBe('at,effectId,from,to,action,target,spendCents,reason,by,entryId');
      });
    });
  });
}
