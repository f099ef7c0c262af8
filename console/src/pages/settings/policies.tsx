// Policies: the set in force with its files, every change of it, and the way back to an earlier one.
import { useState } from 'react';
import { formatCount, plural } from '../../lib/format.ts';
import { Ago } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Json } from '../../parts/json.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { Empty, Loading, ProblemBox, Tile } from '../../parts/tile.tsx';
import { useAction } from '../../queries.ts';
import { type Policies, type PolicyChange, settingsApi, settingsPaths } from '../../settings-api.ts';
import { usePolicies, usePolicyHistory } from '../../settings-queries.ts';
import { useRole } from '../../stages-queries.ts';

export function PoliciesPart() {
  const { data, error, refetch } = usePolicies();
  return (
    <>
      <Tile title="Policies in force" menu={repeatItems(settingsPaths.policies(), 'npx lazyark policy show')}>
        {!data && error && <ProblemBox what="The policies cannot be read" error={error} retry={() => void refetch()} />}
        {!data && !error && <Loading />}
        {data && <InForce policies={data} />}
      </Tile>
      <History inForce={data?.version} />
    </>
  );
}

function InForce({ policies: { version, digest, by, at, reason, files, policies } }: { policies: Policies }) {
  const [shown, show] = useState<string>();
  const forbids = policies.filter(({ effect }) => effect === 'forbid').length;
  return (
    <div className="drawer-part">
      <p className="facts">
        <strong>Version {formatCount(version)}</strong>
        <span className="muted">
          {by}, <Ago at={at} />
        </span>
        <Id id={digest} hash />
      </p>
      <p className="wrap">{reason}</p>
      <p className="muted">
        {plural(policies.length, 'policy', 'policies')}, {forbids} of them forbid; what none permits is refused. Change
        them with <code>npx lazyark policy set</code>
      </p>
      <p className="button-row">
        {Object.keys(files).map((file) => (
          <button
            key={file}
            type="button"
            aria-pressed={shown === file}
            onClick={() => show(shown === file ? undefined : file)}
          >
            <Icon name="file" /> {file}
          </button>
        ))}
      </p>
      {shown && <Json value={files[shown] ?? ''} label={shown} />}
    </div>
  );
}

function History({ inForce }: { inForce?: number }) {
  const captain = useRole('captain');
  const [asked, ask] = useState<PolicyChange>();
  const back = useAction(
    ({ version, reason }: { version: number; reason: string }) => settingsApi.rollBack(version, reason),
    ({ version }) => `Version ${version} is in force again within five seconds`,
  );
  const close = (): void => {
    back.reset();
    ask(undefined);
  };
  return (
    <Tile title="Changes" flush menu={repeatItems(settingsPaths.policyHistory(), 'npx lazyark policy history')}>
      <PagedList
        list={usePolicyHistory()}
        what="The changes"
        keyOf={({ version }) => String(version)}
        empty={
          <Empty icon="shield" title="No change yet">
            The first set is put in force by the bootstrap.
          </Empty>
        }
        row={(change) => (
          <>
            <span className="num">Version {formatCount(change.version)}</span>
            <div className="line-main">
              <p className="wrap">{change.reason}</p>
              <p className="muted">
                {change.by}, <Ago at={change.at} /> <Id id={change.digest} hash />
              </p>
            </div>
            {change.version === inForce ? (
              <span className="state tone-green">
                <Icon name="check" size={14} /> <span>In force</span>
              </span>
            ) : (
              captain !== false && (
                <button type="button" aria-label={`Go back to version ${change.version}`} onClick={() => ask(change)}>
                  <Icon name="retry" /> Go back
                </button>
              )
            )}
          </>
        )}
      />
      {asked && (
        <ReasonDialog
          title={`Go back to version ${asked.version}`}
          action="Put it in force"
          hold
          pending={back.isPending}
          error={back.error}
          failed="What was in force stays so"
          onConfirm={(reason) => back.mutate({ version: asked.version, reason }, { onSuccess: close })}
          onClose={close}
        >
          <p>
            It becomes a new version with the same files, in force within five seconds. “{asked.reason}”, {asked.by}
          </p>
        </ReasonDialog>
      )}
    </Tile>
  );
}
