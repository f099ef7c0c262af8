// lazyark audit proof | roots | consistency | seal: what proves the trail to people who keep nothing but a root.
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { isConsistent } from '../../functions/audit/merkle-proof.ts';
import { CommandFailed } from './failure.ts';
import { onApi, type PageOf, type PageOptions, pageLines, pageQuery, type Surroundings, withPage } from './session.ts';
import { harmless } from './terminal.ts';
import { faultOfProof, keyOf, type Proof, type SignedRoot } from './verify-audit.ts';

type Lane = { lane: string; size: number; root: string; head: string };
type Root = SignedRoot & { epoch: number; at: string; key: string; lanes: Lane[] };
type Keys = { keys: { fingerprint: string; publicKey: string }[] };
type Consistency = {
  from: SignedRoot;
  to: SignedRoot;
  lanes: { lane: string; from: number; to: number; proof: string[] }[];
};

export function addProofCommands(audit: Command, surroundings: Surroundings): void {
  addProof(audit, surroundings);
  const roots = withPage(
    audit.command('roots').description('the signed roots, newest first, and the keys that signed'),
  );
  onApi<PageOptions>(roots, surroundings, async ({ api, options, print }) => {
    const page = await api.get<PageOf<Root> & Keys>('/audit/roots', pageQuery(options));
    const row = ({ epoch, at, lanes, key }: Root) => [
      epoch,
      at,
      lanes.map(({ lane, size }) => `${lane} ${size}`).join(', '),
      key.slice(0, 16),
    ];
    print(page, () => [
      ...pageLines(page, ['epoch', 'at', 'entries covered', 'key'], row),
      ...page.keys.map(({ fingerprint }) => harmless(`key ${fingerprint}`)),
    ]);
  });
  addConsistency(audit, surroundings);
  const seal = audit.command('seal').description('seal what is new now, instead of within a minute');
  onApi(seal, surroundings, async ({ api, print }) => {
    const sealed = await api.post<{ kind: string; epoch: number; entries: number }>('/audit/seal');
    print(sealed, () => [harmless(`${sealed.kind}: root ${sealed.epoch}, ${sealed.entries} new entries`)]);
  });
}

function addProof(audit: Command, surroundings: Surroundings): void {
  const proof = audit
    .command('proof <entry-id>')
    .description('prove that an entry is in the trail, and check the proof here')
    .option('--out <file>', 'keep the proof: the verifier script checks it offline with --proof');
  onApi<{ out?: string }>(proof, surroundings, async ({ api, options, print }, entryId) => {
    const found = await api.get<Proof>(`/audit/proof/${encodeURIComponent(entryId ?? '')}`);
    if (options.out) writeFileSync(options.out, `${JSON.stringify(found, undefined, 2)}\n`, { mode: 0o600 });
    const fault = faultOfProof(found);
    const { epoch, at } = JSON.parse(found.root.statement) as { epoch: number; at: string };
    print({ valid: fault === undefined, fault, ...found }, () =>
      [
        fault ? `NOT VALID: ${fault}` : `valid: ${entryId} is in the trail under root ${epoch} of ${at}`,
        `  entry ${found.index + 1} of ${found.size} in ${found.entry.lane}, ${found.path.length} hashes to its root`,
        ...found.keys.map((pem) => `  key ${keyOf(pem)?.fingerprint}`),
      ].map(harmless),
    );
    if (fault) throw new CommandFailed('');
  });
}

function addConsistency(audit: Command, surroundings: Surroundings): void {
  const consistency = audit
    .command('consistency <from> <to>')
    .description('prove that the trail of one root only grew into that of a later one');
  onApi(consistency, surroundings, async ({ api, print }, from, to) => {
    const found = await api.get<Consistency>('/audit/consistency', { from, to });
    const laneIn = ({ statement }: SignedRoot, name: string) =>
      (JSON.parse(statement) as { lanes: Lane[] }).lanes.find(({ lane }) => lane === name);
    const empty = { size: 0, root: '' };
    const wrong = found.lanes.filter(({ lane, proof }) => {
      const [older, newer] = [laneIn(found.from, lane) ?? empty, laneIn(found.to, lane)];
      return !newer || !isConsistent(older, newer, proof);
    });
    print({ valid: wrong.length === 0, ...found }, () => [
      wrong.length === 0 ? `valid: root ${to} holds all of root ${from}, unchanged` : 'NOT VALID',
      ...wrong.map(({ lane }) => harmless(`  ${lane} is not the beginning of what it became`)),
    ]);
    if (wrong.length > 0) throw new CommandFailed('');
  });
}
