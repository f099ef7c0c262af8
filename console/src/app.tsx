// Puts together: login or frame, and in the frame the page of the path.
import { QueryClientProvider } from '@tanstack/react-query';
import { Component, lazy, type ReactNode, Suspense, useEffect } from 'react';
import { Frame } from './frame/frame.tsx';
import { AgentsPage } from './pages/agents/agents-page.tsx';
import { Login } from './pages/login.tsx';
import { ObjectivesPage } from './pages/objectives/objectives-page.tsx';
import { OverviewPage } from './pages/overview/overview-page.tsx';
import { Notices } from './parts/notices.tsx';
import { Empty, Loading, ProblemBox } from './parts/tile.tsx';
import { Tooltip } from './parts/tooltip.tsx';
import { queryClient } from './queries.ts';
import { Link, useRoute } from './router.tsx';
import { useSession } from './session.ts';

const ObjectivePage = lazy(() => import('./pages/objective/objective-page.tsx'));
const SettingsPage = lazy(() => import('./pages/settings/settings-page.tsx'));
const StagesPage = lazy(() => import('./pages/stages/stages-page.tsx'));
const AuditPage = lazy(async () => ({ default: (await import('./pages/audit/audit-page.tsx')).AuditPage }));
const KillsPage = lazy(() => import('./pages/kills/kills-page.tsx'));
const KillPage = lazy(() => import('./pages/kills/kill-page.tsx'));
const DecisionsPage = lazy(() => import('./pages/decisions/decisions-page.tsx'));
const DecisionPage = lazy(() => import('./pages/decisions/decision-page.tsx'));
const LimitsPage = lazy(() => import('./pages/limits/limits-page.tsx'));
const SubmitPage = lazy(() => import('./pages/objectives/submit-page.tsx'));

export function App() {
  const { token, notice } = useSession();
  useEffect(() => {
    if (!token) queryClient.clear();
  }, [token]);
  return (
    <QueryClientProvider client={queryClient}>
      {token ? (
        <Guard>
          <Frame>
            <CurrentPage />
          </Frame>
        </Guard>
      ) : (
        <Login notice={notice} />
      )}
      <Notices />
      <Tooltip />
    </QueryClientProvider>
  );
}

function CurrentPage() {
  const route = useRoute();
  return (
    <Guard key={location.pathname}>
      <Suspense fallback={<Loading rows={6} />}>
        {route.page === 'overview' && <OverviewPage />}
        {route.page === 'objectives' && <ObjectivesPage />}
        {route.page === 'submit' && <SubmitPage />}
        {route.page === 'objective' && <ObjectivePage objectiveId={route.id} />}
        {route.page === 'agents' && <AgentsPage />}
        {route.page === 'decisions' && <DecisionsPage />}
        {route.page === 'decision' && <DecisionPage decisionId={route.id} />}
        {route.page === 'limits' && <LimitsPage />}
        {route.page === 'audit' && <AuditPage />}
        {route.page === 'stages' && <StagesPage />}
        {route.page === 'settings' && <SettingsPage />}
        {route.page === 'kills' && <KillsPage />}
        {route.page === 'kill' && <KillPage killId={route.id} />}
        {route.page === 'missing' && <MissingPage />}
      </Suspense>
    </Guard>
  );
}

function MissingPage() {
  return (
    <Empty
      icon="search"
      title="There is no page here"
      action={
        <Link className="button" href="/">
          Go to the overview
        </Link>
      }
    >
      The address may be mistyped. With <kbd>Ctrl</kbd> <kbd>K</kbd> you can go to any id.
    </Empty>
  );
}

/** A page that breaks says so, and the frame with its kill button stays. */
class Guard extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {};
  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }
  override render(): ReactNode {
    if (!this.state.error) return this.props.children;
    return (
      <ProblemBox
        what="This page could not be shown"
        error={this.state.error}
        retry={() => this.setState({ error: undefined })}
      />
    );
  }
}
