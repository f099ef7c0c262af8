// A run of the machine that brings the swarm up.
export type BootstrapRun = {
  status: 'never' | 'running' | 'succeeded' | 'failed';
  startedAt: string | null;
  detail: string | null;
};

export type Bootstraps = {
  /** Two requests within a minute meet in the same run. */
  start(request: object): Promise<void>;
  last(): Promise<BootstrapRun>;
};
