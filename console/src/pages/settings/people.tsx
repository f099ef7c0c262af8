// People and tokens: who may come in and as what, since when unused, until when; letting in and keeping out.
import { useState } from 'react';
import { principalLook } from '../../lib/settings-states.ts';
import { Ago } from '../../parts/clock.tsx';
import { Id } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Tile } from '../../parts/tile.tsx';
import { useAction } from '../../queries.ts';
import { type Principal, settingsApi, settingsPaths } from '../../settings-api.ts';
import { usePrincipals } from '../../settings-queries.ts';
import { useRole } from '../../stages-queries.ts';
import { LetInDialog } from './let-in-dialog.tsx';

export function People() {
  const captain = useRole('captain');
  const [asked, ask] = useState<'let in' | Principal>();
  return (
    <>
      <Tile
        title="People & tokens"
        flush
        menu={repeatItems(settingsPaths.principals(), 'npx lazyark principal list')}
        note={
          captain === false ? (
            <span className="muted">a captain lets in</span>
          ) : (
            <button type="button" onClick={() => ask('let in')}>
              <Icon name="plus" /> Let somebody in
            </button>
          )
        }
      >
        <PagedList
          list={usePrincipals()}
          what="The principals"
          keyOf={({ principalId }) => principalId}
          row={(principal) => (
            <Row principal={principal} onRevoke={captain === false ? undefined : () => ask(principal)} />
          )}
          empty={
            <Empty icon="user" title="Only the operator’s token so far">
              It holds every role. Let others in with a token and roles of their own: then the audit says who did what,
              and each can be kept out alone.
            </Empty>
          }
        />
      </Tile>
      {asked === 'let in' && <LetInDialog onClose={() => ask(undefined)} />}
      {asked && asked !== 'let in' && <RevokeDialog principal={asked} onClose={() => ask(undefined)} />}
    </>
  );
}

function Row({ principal, onRevoke }: { principal: Principal; onRevoke?: () => void }) {
  const { principalId, title, roles, status, createdBy, expiresAt, lastUsedAt, revokedAt } = principal;
  return (
    <>
      <State look={principalLook(principal)} />
      <div className="line-main">
        <p className="wrap">
          <strong>{title}</strong> <Id id={principalId} />
        </p>
        <p className="chips">
          {roles.map((role) => (
            <span key={role} className="chip">
              {role}
            </span>
          ))}
        </p>
        <p className="muted wrap">
          last used <Ago at={lastUsedAt} />
          {revokedAt ? (
            <>
              {' · '}revoked <Ago at={revokedAt} />
            </>
          ) : (
            <>
              {' · '}
              {status === 'expired' ? 'ended' : 'ends'} <Ago at={expiresAt} />
            </>
          )}
          {' · '}let in by {createdBy}
        </p>
      </div>
      {status !== 'revoked' && onRevoke && (
        <button type="button" aria-label={`Revoke ${title}`} onClick={onRevoke}>
          <Icon name="cross" /> Revoke
        </button>
      )}
    </>
  );
}

function RevokeDialog({ principal: { principalId, title }, onClose }: { principal: Principal; onClose: () => void }) {
  const revoke = useAction(
    (reason: string) => settingsApi.revoke(principalId, reason),
    () => `${title} is kept out`,
  );
  return (
    <ReasonDialog
      title={`Keep ${title} out`}
      action="Revoke"
      hold
      pending={revoke.isPending}
      error={revoke.error}
      failed="The token still works"
      onConfirm={(reason) => revoke.mutate(reason, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p>For good, within 60 seconds. Who is to come back gets a new token and a new id.</p>
    </ReasonDialog>
  );
}
