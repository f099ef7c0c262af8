// Issues, keeps and reads the certificates of a kill. Its list of effects may be long: it is kept in parts.
import type { Signer } from '../common/signer.client.ts';
import type { Value, Write } from '../common/table.ts';
import { type Certificate, type CertificateHead, certificateHead, signedBytes } from './certificate.ts';
import { countFates, type InFlight, type Kill, pointsFor, pointsOf } from './containment.ts';
import { scopeNamed } from './control-flags.ts';
import { type KillStore, killKey, readParts } from './kill-items.ts';
import { readInFlight } from './open-effects.ts';

export type CertifyDeps = KillStore & { signer: Signer; now: () => Date };

const EFFECTS_PER_ITEM = 300;
const padded = (number: number): string => String(number).padStart(4, '0');
const headKey = (killId: string, sequence: number) => ({
  pk: `containment#${killId}`,
  sk: `certificate#${padded(sequence)}`,
});
const effectsKey = (killId: string, sequence: number, part: number) => ({
  pk: `containment#${killId}`,
  sk: `certified#${padded(sequence)}#${padded(part)}`,
});

/** Signs what is known now under the next number. A certificate is never changed; a later one says more. */
export async function issueCertificate(kill: Kill, deps: CertifyDeps): Promise<void> {
  const { killId } = kill;
  const sequence = (kill.certificate?.sequence ?? 0) + 1;
  const { listed, said } = await readParts(killId, deps);
  const fates = (await readInFlight(kill, listed, deps)).map(({ fate }) => fate);
  const issuedAt = deps.now().toISOString();
  const points = pointsOf(kill, pointsFor(scopeNamed(kill.scope) ?? 'everything'), said);
  const counts = countFates(fates);
  const head = certificateHead(kill, { points, fates, counts, sequence, issuedAt });
  const signature = await deps.signer.sign(signedBytes(head));
  const publicKeyPem = await deps.signer.publicKeyPem();
  for (let part = 0; part * EFFECTS_PER_ITEM < fates.length; part += 1) {
    const effects = fates.slice(part * EFFECTS_PER_ITEM, (part + 1) * EFFECTS_PER_ITEM) as unknown as Value;
    const put = { ...effectsKey(killId, sequence, part), effects, why: `certificate ${sequence} of ${killId}` };
    await deps.tables.write([{ table: deps.table, put }]);
  }
  await deps.tables.write(headWrites(kill, { head, signature, publicKeyPem }, deps.table));
}

type Signed = { head: CertificateHead; signature: Certificate['signature']; publicKeyPem: string };

function headWrites({ killId }: Kill, { head, signature, publicKeyPem }: Signed, table: string): Write[] {
  const { sequence, issuedAt, effects } = head;
  const facts = { certificate: head, signature, publicKeyPem } as unknown as Record<string, Value>;
  const put = { ...headKey(killId, sequence), ...facts, by: 'safety/contain-swarm', why: `certificate of ${killId}` };
  const set = [
    ['certificate', { sequence, issuedAt }],
    ['effects', effects],
    ['by', 'safety/contain-swarm'],
    ['why', `certificate ${sequence} issued`],
  ] as const;
  return [
    { table, put, if: { missing: 'pk' } },
    { table, update: killKey(killId), changes: { set }, if: { exists: 'pk' } },
  ];
}

/** The newest certificate, as it is downloaded and checked. */
export async function readCertificate(kill: Kill, store: KillStore): Promise<Certificate | undefined> {
  const { killId, certificate } = kill;
  if (!certificate) return undefined;
  const { sequence } = certificate;
  const item = await store.tables.get(store.table, headKey(killId, sequence));
  if (!item) return undefined;
  const { certificate: head, signature, publicKeyPem } = item as unknown as Omit<Certificate, 'effects'>;
  return { certificate: head, effects: await certifiedEffects(killId, sequence, store), signature, publicKeyPem };
}

async function certifiedEffects(killId: string, sequence: number, { tables, table }: KillStore): Promise<InFlight[]> {
  const effects: InFlight[] = [];
  let cursor: string | undefined;
  do {
    const { pk, sk } = effectsKey(killId, sequence, 0);
    const page = await tables.query({
      table,
      pk,
      sk: { beginsWith: sk.slice(0, -4) },
      limit: 100,
      cursor,
      consistent: true,
    });
    for (const item of page.items) effects.push(...(item.effects as unknown as InFlight[]));
    cursor = page.cursor;
  } while (cursor);
  return effects;
}
