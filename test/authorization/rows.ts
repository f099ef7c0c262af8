// Who may use which route, written by hand and by nobody's code: a route without a row here fails the tests.
import type { Role } from '../../functions/common/roles.ts';

/** All people; an agent is none of them. */
const PEOPLE: Role[] = ['viewer', 'operator', 'approver', 'captain', 'auditor'];
const AUDIT: Role[] = ['auditor', 'operator', 'captain'];

/** Method and path below /api/v1 → the roles that may, no more and no fewer. `'anybody'`: the route proves its caller itself. */
export const ROWS: Record<string, readonly Role[] | 'anybody'> = {
  'get /agents': PEOPLE,
  'post /agents': ['captain'],
  'get /agents/{agentId}': PEOPLE,
  'delete /agents/{agentId}': ['captain'],
  'post /agents/{agentId}/heartbeat': ['agent'],
  'post /artifacts': ['operator'],
  'get /audit': AUDIT,
  'get /audit/export': AUDIT,
  'get /audit/{entryId}': AUDIT,
  'get /bootstrap': PEOPLE,
  'post /bootstrap': ['operator', 'captain'],
  'get /control': PEOPLE,
  'get /decisions': [...PEOPLE, 'agent'],
  'get /decisions/{decisionId}': [...PEOPLE, 'agent'],
  'post /decisions/{decisionId}/veto': ['captain'],
  'post /decisions/{decisionId}/vote': ['agent', 'approver', 'captain'],
  'get /effects': PEOPLE,
  'get /effects/{effectId}': PEOPLE,
  'get /policies': PEOPLE,
  'get /policies/history': PEOPLE,
  'get /policies/history/{version}': PEOPLE,
  'post /policies/check': PEOPLE,
  'put /policies': ['captain'],
  'post /policies/rollback': ['captain'],
  'post /kill': ['operator', 'approver', 'captain'],
  'get /kills': PEOPLE,
  'get /kills/{killId}': PEOPLE,
  'get /me': [...PEOPLE, 'agent'],
  'get /principals': ['captain', 'auditor'],
  'post /principals': ['captain'],
  'post /principals/{principalId}/revoke': ['captain'],
  'post /principals/{principalId}/rotate': ['captain'],
  'get /notices': PEOPLE,
  'get /notices/{noticeId}': PEOPLE,
  'post /notices/{noticeId}/acknowledge': ['operator', 'approver', 'captain'],
  'post /notices/{noticeId}/resolve': ['operator', 'approver', 'captain'],
  'get /objectives': PEOPLE,
  'post /objectives': ['operator'],
  'get /objectives/{objectiveId}': PEOPLE,
  'post /objectives/{objectiveId}/cancel': ['operator'],
  'post /objectives/{objectiveId}/pause': ['operator'],
  'post /objectives/{objectiveId}/priority': ['operator'],
  'post /objectives/{objectiveId}/resume': ['operator'],
  'get /restores': PEOPLE,
  'get /restores/{restoreId}': PEOPLE,
  'post /resume': ['captain'],
  'get /snapshots': PEOPLE,
  'post /snapshots': ['operator'],
  'get /snapshots/{snapshotId}': PEOPLE,
  'post /snapshots/{snapshotId}/restore': ['captain'],
  'get /status': PEOPLE,
  'get /tasks': PEOPLE,
  'get /tasks/{taskId}': PEOPLE,
  'post /tasks/{taskId}/redrive': ['operator'],
};

/** Whoever uses these, or tries to, is in the access log. */
export const LOGGED = [
  'post /agents',
  'delete /agents/{agentId}',
  'get /principals',
  'post /principals',
  'post /principals/{principalId}/revoke',
  'post /principals/{principalId}/rotate',
];
