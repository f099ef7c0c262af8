// The decision code of safety and audit – what judges, and touches no store – and the tests that hold it to its rules.

const named =
  (folder: string) =>
  (...names: string[]): string[] =>
    names.map((name) => `${folder}/${name}.test.ts`);
const [safety, audit, common] = ['functions/safety', 'functions/audit', 'functions/common'].map(named) as [
  ReturnType<typeof named>,
  ReturnType<typeof named>,
  ReturnType<typeof named>,
];

export const DECISION_FILES: Record<string, string[]> = {
  // the gate
  'functions/safety/gate-decision.ts': safety('gate-decision'),
  'functions/safety/hold-rule.ts': safety('gate-decision'),
  'functions/safety/limit.ts': safety('limits'),
  'functions/safety/limit-window.ts': safety('limit-window'),
  'functions/safety/breaker.ts': safety('breaker'),
  'functions/safety/check-policies.ts': safety('check-policies', 'policies'),
  'functions/safety/policy-rules.ts': safety('policy-rules', 'policies'),
  'functions/safety/policy-set.ts': safety('check-policies'),
  'functions/safety/effect.ts': safety('effect'),
  'functions/safety/effect-request.ts': safety('reverse-effect', 'perform-effect', 'performers'),
  'functions/safety/canonical.ts': safety('canonical'),
  'functions/safety/action.ts': safety('action'),
  'functions/safety/reverse-effect.ts': safety('reverse-effect', 'perform-effect'),
  // votes
  'functions/safety/admit-vote.ts': safety('admit-vote'),
  'functions/safety/tally.ts': safety('tally'),
  'functions/safety/judge-decision.ts': safety('judge-decision'),
  'functions/safety/place-proposal.ts': safety('place-proposal'),
  'functions/safety/review-rules.ts': safety('review-rules'),
  // stages and behaviour
  'functions/safety/cohort.ts': safety('cohort', 'stages'),
  'functions/safety/stage.ts': safety('stage', 'cohort', 'stages'),
  'functions/safety/exact-test.ts': safety('exact-test'),
  'functions/safety/promotion-rule.ts': safety('promotion-rule'),
  'functions/safety/demotion-rule.ts': safety('demotion-rule'),
  'functions/safety/compare-decision.ts': safety('stages'),
  'functions/safety/behaviour.ts': safety('behaviour'),
  'functions/safety/observe-agent.ts': safety('observe-agent'),
  'functions/safety/watch-rule.ts': safety('watch-rule'),
  // kill
  'functions/safety/control-flags.ts': safety('control-flags', 'gate'),
  'functions/safety/containment.ts': safety('containment', 'certificate'),
  'functions/safety/certificate.ts': safety('certificate'),
  // notices
  'functions/safety/ladder.ts': safety('ladder'),
  'functions/safety/raise-decision.ts': safety('ladder', 'notices'),
  'functions/safety/notice-rank.ts': safety('notice-rank'),
  'functions/safety/prompt-budget.ts': safety('prompt-budget'),
  'functions/safety/notice-of-event.ts': safety('notice-of-event'),
  // snapshots
  'functions/common/kept.ts': common('kept', 'transfer-state'),
  // the trail
  'functions/audit/chain.ts': audit('record-changes', 'seal-root'),
  'functions/audit/change-facts.ts': audit('change-facts', 'kept-value', 'record-changes'),
  'functions/audit/kept-value.ts': audit('kept-value', 'record-changes'),
  'functions/audit/merkle.ts': audit('merkle'),
  'functions/audit/merkle-proof.ts': audit('merkle', 'prove-entry'),
  'functions/audit/root.ts': audit('root', 'seal-root', 'tampering'),
  'functions/audit/prove-entry.ts': audit('prove-entry'),
  'bin/verify-audit-export.mjs': ['bin/verify-audit-export.test.ts', 'bin/cli/verify-audit.test.ts'],
};
