// What the main thread and an environment's worker say to each other. Types only: nothing of this runs.

/** Given to a worker at its start. */
export type WorkerSetup = {
  /** the file without its extension, and the export in it */
  modulePath: string;
  exportName: string;
  functionName: string;
  functionArn: string;
  memoryMb: number;
  /** virtual time, when it differs from real time */
  clock?: { startRealMs: number; startVirtualMs: number; speed: number };
  compileCacheDir: string;
};

export type ErrorShape = { errorType: string; errorMessage: string; trace: string[] };
export type TableCall = [id: number, operation: 'get' | 'query' | 'write', args: unknown[]];
export type TableAnswer =
  | [id: number, value: unknown]
  | [id: number, value: undefined, error: { name: string; message: string }];

export type ToWorker =
  | { kind: 'invoke'; requestId: string; json: string; deadlineMs: number; traceId: string }
  | { kind: 'answers'; answers: TableAnswer[] };

export type FromWorker =
  | { kind: 'ready' }
  /** the module did not load: no invocation can succeed */
  | { kind: 'broken'; error: ErrorShape }
  | { kind: 'done'; requestId: string; json?: string; error?: ErrorShape; lines: string[] }
  /** outside of any invocation's promise; the environment ends with it */
  | { kind: 'fatal'; error: ErrorShape; lines: string[] }
  | { kind: 'tables'; calls: TableCall[] }
  | { kind: 'lines'; lines: string[] };
