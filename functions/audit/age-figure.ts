// How long something has waited for its root, as a log line that CloudWatch reads a metric from (embedded metric format).
export const ageFigure = (stack: string, seconds: number, at: Date) => ({
  _aws: {
    Timestamp: at.getTime(),
    CloudWatchMetrics: [
      { Namespace: 'LazyArk', Dimensions: [['Stack']], Metrics: [{ Name: 'AuditAnchorAge', Unit: 'Seconds' }] },
    ],
  },
  Stack: stack,
  AuditAnchorAge: seconds,
});
