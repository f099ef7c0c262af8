// A run of the machine that brings the swarm up.
export type BootstrapRun = {
  status: 'never' | 'running' | 'succeeded' | 'failed';
  startedAt: string | null;
  detail: string | null;
};

export type Bootstraps = {
  /** While a run is under way another request meets it. */
  start(request: object): Promise<void>;
  last(): Promise<BootstrapRun>;
};
