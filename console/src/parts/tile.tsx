// The frames that content stands in: pages, tiles, empty states, errors and loading lines.
import type { ReactNode } from 'react';
import { ApiProblem } from '../api.ts';
import { Icon, type IconName } from './icon.tsx';
import { Menu, type MenuItem } from './menu.tsx';

type HeadProps = { title: string; menu?: MenuItem[]; actions?: ReactNode; children?: ReactNode };

/** The head of a page: its name, what can be done, and its corner menu. */
export function PageHead({ title, menu, actions, children }: HeadProps) {
  return (
    <header className="page-head">
      <div className="page-title">
        <h1>{title}</h1>
        {children}
      </div>
      <div className="page-actions">
        {actions}
        {menu && <Menu label={title} items={menu} />}
      </div>
    </header>
  );
}

type TileProps = {
  title: string;
  menu?: MenuItem[];
  note?: ReactNode;
  flush?: boolean;
  className?: string;
  children: ReactNode;
};

export function Tile({ title, menu, note, flush = false, className = '', children }: TileProps) {
  return (
    <section className={`tile ${className}`} aria-label={title}>
      <header className="tile-head">
        <h2>{title}</h2>
        {note && <div className="tile-note">{note}</div>}
        {menu && <Menu label={title} items={menu} />}
      </header>
      <div className={flush ? 'tile-flush' : 'tile-body'}>{children}</div>
    </section>
  );
}

/** An empty state teaches: what will be here, and the one thing that makes it show something. */
export function Empty({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon name={icon} size={20} />
      <p className="empty-title">{title}</p>
      <div className="empty-text">{children}</div>
      {action}
    </div>
  );
}

/** What failed, what it means, what to do; with the id to search the log with. */
export function ProblemBox({ what, error, retry }: { what: string; error: unknown; retry?: () => void }) {
  const problem = error instanceof ApiProblem ? error : undefined;
  return (
    <div className="problem" role="alert">
      <Icon name="alert" />
      <div>
        <p className="problem-title">{what}</p>
        <p>{error instanceof Error ? error.message : String(error)}</p>
        <p className="muted">
          {adviceFor(problem)}
          {problem && <span className="mono"> Code {problem.code}</span>}
          {problem?.requestId && <span className="mono"> · request {problem.requestId}</span>}
        </p>
        {retry && (
          <button type="button" onClick={retry}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}

function adviceFor(problem: ApiProblem | undefined): string {
  if (!problem) return 'This is a fault of the console itself; reloading the page may help.';
  if (problem.status === 0) return 'Is it still running? The console goes on trying.';
  if (problem.status === 403) return 'This token may not see it; ask for a role that may.';
  if (problem.status === 404) return 'The id may be mistyped, or it belongs to another environment.';
  if (problem.status >= 500) return 'The server is at fault; its log says why.';
  return 'The request was refused.';
}

/** Keeps the place of what is being read for the first time. */
export function Loading({ rows = 3 }: { rows?: number }) {
  return (
    <div className="loading" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, n) => `line-${n}`).map((key) => (
        <span key={key} />
      ))}
    </div>
  );
}
