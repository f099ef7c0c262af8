// lazyark anomaly …: agents that no longer behaved as always, and how an agent behaves now.
import type { Command } from 'commander';
import { listing, type Surroundings, showing } from './session.ts';

type Anomaly = { anomalyId: string; agentId: string; at: string; metric: string; paused: boolean; sigmas: number };

export function addAnomalyCommands(program: Command, surroundings: Surroundings): void {
  const anomaly = program.command('anomaly').description('agents that no longer behave as they always did');
  listing<Anomaly>(anomaly.command('list').description('newest first'), surroundings, '/anomalies', {
    anomaly: ({ anomalyId }) => anomalyId,
    at: ({ at }) => at,
    agent: ({ agentId }) => agentId,
    metric: ({ metric }) => metric,
    sigma: ({ sigmas }) => (sigmas > 1_000 ? '> 1000' : sigmas.toFixed(1)),
    outcome: ({ paused }) => (paused ? 'paused' : 'told'),
  });
  const show = anomaly.command('show <anomaly-id>').description('one anomaly with its evidence');
  showing(show, surroundings, '/anomalies');
  const behaviour = anomaly.command('behaviour <agent-id>');
  behaviour.description('the baseline of an agent, and the evidence against it');
  showing(behaviour, surroundings, '/behaviour');
}
