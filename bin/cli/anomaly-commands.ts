// lazyark anomaly …: agents that no longer behaved as always, and how an agent behaves now.
import type { Command } from 'commander';
import {
  fieldLines,
  onApi,
  type PageOf,
  type PageOptions,
  pageLines,
  pageQuery,
  type Surroundings,
  withPage,
} from './session.ts';

type Anomaly = { anomalyId: string; agentId: string; at: string; metric: string; paused: boolean; sigmas: number };

export function addAnomalyCommands(program: Command, surroundings: Surroundings): void {
  const anomaly = program.command('anomaly').description('agents that no longer behave as they always did');
  const list = withPage(anomaly.command('list').description('newest first'));
  onApi<PageOptions>(list, surroundings, async ({ api, options, print }) => {
    const page = await api.get<PageOf<Anomaly>>('/anomalies', pageQuery(options));
    const sigmas = (item: Anomaly) => (item.sigmas > 1_000 ? '> 1000' : item.sigmas.toFixed(1));
    const row = (item: Anomaly) => [
      ...[item.anomalyId, item.at, item.agentId, item.metric, sigmas(item), item.paused ? 'paused' : 'told'],
    ];
    print(page, () => pageLines(page, ['anomaly', 'at', 'agent', 'metric', 'sigma', 'then'], row));
  });
  onApi(
    anomaly.command('show <anomaly-id>').description('one anomaly with its evidence'),
    surroundings,
    async ({ api, print }, id = '') => {
      const found = await api.get<object>(`/anomalies/${encodeURIComponent(id)}`);
      print(found, () => fieldLines(found));
    },
  );
  onApi(
    anomaly.command('behaviour <agent-id>').description('the baseline of an agent, and the evidence against it'),
    surroundings,
    async ({ api, print }, id = '') => {
      const found = await api.get<object>(`/behaviour/${encodeURIComponent(id)}`);
      print(found, () => fieldLines(found));
    },
  );
}
