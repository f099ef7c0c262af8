// Credentials for other services: how they are and when they end, never what they are.
import { credentialLook } from '../../lib/settings-states.ts';
import { Ago } from '../../parts/clock.tsx';
import { Icon } from '../../parts/icon.tsx';
import { repeatItems } from '../../parts/menu.tsx';
import { State } from '../../parts/state.tsx';
import { Empty, Loading, ProblemBox, Tile } from '../../parts/tile.tsx';
import { useAction } from '../../queries.ts';
import { type Credential, settingsApi, settingsPaths } from '../../settings-api.ts';
import { useCredentials } from '../../settings-queries.ts';
import { useRole } from '../../stages-queries.ts';

export function Credentials() {
  const { data, error, refetch } = useCredentials();
  return (
    <Tile
      title="Credentials"
      flush
      menu={repeatItems(settingsPaths.credentials(), 'npx lazyark credential list')}
      note={<span className="muted">reading this is in the audit</span>}
    >
      {!data && error && (
        <ProblemBox what="The credentials cannot be read" error={error} retry={() => void refetch()} />
      )}
      {!data && !error && <Loading />}
      {data?.items.length === 0 && (
        <Empty icon="key" title="No credential">
          Credentials are declared in <code>config/credentials.yaml</code>. Each shows here with its dates, and is
          renewed before it ends or announced a week before.
        </Empty>
      )}
      {data && data.items.length > 0 && (
        <ul className="lines">
          {data.items.map((credential) => (
            <li key={credential.name}>
              <Row credential={credential} />
            </li>
          ))}
        </ul>
      )}
    </Tile>
  );
}

function Row({ credential }: { credential: Credential }) {
  const { name, kind, provider, pool, chosen, reason, rotatedAt, rotateBy, expiresAt } = credential;
  const captain = useRole('captain');
  const renew = useAction(
    () => settingsApi.renew(name),
    () => `${name} is being replaced; the old one works until the new one does`,
  );
  return (
    <>
      <State look={credentialLook(credential)} />
      <div className="line-main">
        <p className="wrap">
          <strong>{name}</strong> <span className="muted">{provider}</span> <span className="chip">{kind}</span>
          {pool && <span className="chip">{chosen ? `in use in ${pool}` : `spare in ${pool}`}</span>}
        </p>
        <p className="muted">
          {expiresAt ? (
            <>
              ends <Ago at={expiresAt} />
            </>
          ) : (
            'does not end'
          )}
          {rotateBy && (
            <>
              {' · '}to be replaced <Ago at={rotateBy} />
            </>
          )}
          {rotatedAt && (
            <>
              {' · '}last replaced <Ago at={rotatedAt} />
            </>
          )}
        </p>
        {reason && <p className="wrap">{reason}</p>}
      </div>
      {captain !== false && kind !== 'api-key' && (
        <button
          type="button"
          aria-label={`Replace ${name}`}
          disabled={renew.isPending}
          onClick={() => renew.mutate(undefined)}
        >
          <Icon name="retry" /> Replace
        </button>
      )}
    </>
  );
}
