// The proof that an entry is in the audit, fetched and then checked here, in the browser, step by step.
import { useMutation } from '@tanstack/react-query';
import { ApiProblem, type AuditEntry } from '../../api.ts';
import { auditApi } from '../../audit-api.ts';
import { type AuditProof, checkProof, holds, type ProofStep } from '../../lib/audit-proof.ts';
import { Id } from '../../parts/copy.tsx';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { ProblemBox } from '../../parts/tile.tsx';

const LOOKS: Record<ProofStep['state'], { tone: string; icon: IconName; word: string }> = {
  right: { tone: 'green', icon: 'check', word: 'right' },
  wrong: { tone: 'red', icon: 'cross', word: 'wrong' },
  not_checked: { tone: 'grey', icon: 'minus', word: 'not checked' },
};

type Checked = { proof: AuditProof; steps: ProofStep[] };

async function checkEntry(entry: AuditEntry, sealFirst: boolean): Promise<Checked> {
  if (sealFirst) await auditApi.seal();
  const proof = await auditApi.proof(entry.entryId);
  return { proof, steps: await checkProof(proof, entry) };
}

export function ProofCheck({ entry }: { entry: AuditEntry }) {
  const check = useMutation({ mutationFn: (sealFirst: boolean) => checkEntry(entry, sealFirst) });
  const tooYoung = check.error instanceof ApiProblem && check.error.code === 'not_sealed_yet';
  return (
    <section className="drawer-part" aria-label="Proof">
      <h3>Proof</h3>
      {!crypto.subtle ? (
        <p className="muted">
          This browser computes hashes only over https or on localhost. Use{' '}
          <code>npx lazyark audit proof {entry.entryId}</code> instead.
        </p>
      ) : (
        <p className="muted">
          Your browser computes every hash from this entry up to the last signed root, and checks the signature.
        </p>
      )}
      {check.data && <Steps checked={check.data} entryId={entry.entryId} />}
      {tooYoung && <p>No signed root covers this entry yet; one will within a minute.</p>}
      {check.error && !tooYoung && <ProblemBox what="There is no proof to check" error={check.error} />}
      {crypto.subtle && (
        <div className="proof-actions">
          <button type="button" disabled={check.isPending} onClick={() => check.mutate(tooYoung)}>
            <Icon name="shield" />
            {check.isPending
              ? 'Checking…'
              : tooYoung
                ? 'Seal now and check'
                : check.data
                  ? 'Check again'
                  : 'Check the proof'}
          </button>
          {check.data && (
            <button
              type="button"
              onClick={() => saveFile(`${entry.entryId}.proof.json`, JSON.stringify(check.data.proof, null, 2))}
            >
              <Icon name="download" /> Proof
            </button>
          )}
        </div>
      )}
    </section>
  );
}

function Steps({ checked, entryId }: { checked: Checked; entryId: string }) {
  const good = holds(checked.steps);
  return (
    <>
      <p className={`verdict tone-${good ? 'green' : 'red'}`} role="status">
        <Icon name={good ? 'shield' : 'alert'} size={18} />
        <strong>{good ? 'The proof holds' : 'The proof does not hold'}</strong>
      </p>
      <ol className="proof-steps">
        {checked.steps.map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </ol>
      {good ? (
        <p className="hint">
          What the browser cannot know: whether the key is the right one. It came from this server; compare its
          fingerprint with the one that you were given on another way.
        </p>
      ) : (
        <p>
          Either this answer was changed on its way, or the trail was. Download the proof, take an export and check both
          with the verifier script before anybody changes anything. Entry <span className="mono wrap">{entryId}</span>
        </p>
      )}
    </>
  );
}

function Step({ step: { name, state, what, found } }: { step: ProofStep }) {
  const { tone, icon, word } = LOOKS[state];
  return (
    <li className={`tone-${tone}`}>
      <Icon name={icon} />
      <div>
        <p className="proof-name">
          {name} <span className="hidden">: {word}</span>
        </p>
        <p className="proof-what">{what}</p>
        {found && <Id id={found} hash />}
      </div>
    </li>
  );
}
