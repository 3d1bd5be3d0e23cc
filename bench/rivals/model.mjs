// The part of the schema that the benchmark's reads ask for, as both rivals on type-graphql serve it: the same documents as
// ours, over the same tables. `one` is a row that this row names, `many` are rows that name this one, in an order.
const instants = (...names) => Object.fromEntries(names.map((name) => [name, 'DateTime']));
const texts = (...names) => Object.fromEntries(names.map((name) => [name, 'String']));
const wholes = (...names) => Object.fromEntries(names.map((name) => [name, 'Int']));
const flags = (...names) => Object.fromEntries(names.map((name) => [name, 'Boolean']));

export const MODEL = {
  Handoff: {
    table: 'handoff',
    fields: {
      ...texts('number', 'stage', 'tier', 'dealType', 'serviceTemplate', 'segment', 'termsDigest', 'checklistTemplate'),
      ...texts('startOn', 'context', 'intakeNotes'),
      ...wholes('revision', 'termsRevision'),
      ...flags('pendingContract'),
      ...instants('openedAt', 'submittedAt', 'correctionDueAt', 'withdrawnAt'),
    },
    one: {
      client: ['Client', 'clientId'],
      deal: ['Deal', 'dealId'],
      owner: ['Person', 'ownerId'],
      deliveryManager: ['Person', 'deliveryManagerId'],
    },
    many: {
      stakeholders: ['Stakeholder', 'handoffId', ['id']],
      assumptions: ['Assumption', 'handoffId', ['id']],
      risks: ['Risk', 'handoffId', ['id']],
      checklist: ['ChecklistItem', 'handoffId', ['position']],
      evaluations: ['GateEvaluation', 'handoffId', ['-id']],
      approvalRequests: ['ApprovalRequest', 'subjectId', ['-id']],
      decisions: ['Decision', 'handoffId', ['id']],
      returns: ['HandoffReturn', 'handoffId', ['-id']],
    },
  },
  Client: { table: 'client', fields: texts('name') },
  Deal: { table: 'deal', fields: texts('title') },
  Person: { table: 'person', fields: texts('handle') },
  Stakeholder: { table: 'stakeholder', fields: texts('side', 'role') },
  Assumption: { table: 'assumption', fields: texts('text', 'state', 'impact') },
  Risk: { table: 'risk', fields: texts('text', 'level', 'mitigation') },
  ChecklistItem: {
    table: 'checklist_item',
    fields: { ...texts('code', 'label', 'state'), ...wholes('position', 'weight'), ...flags('required') },
    many: { evidence: ['Evidence', 'itemId', ['-sequence']] },
  },
  Evidence: {
    table: 'evidence',
    fields: {
      ...texts('kind', 'title', 'state', 'contentHash'),
      ...wholes('sequence'),
      ...instants('submittedAt', 'verifiedAt'),
    },
    one: { submitter: ['Person', 'submittedBy'], verifier: ['Person', 'verifiedBy'] },
  },
  GateEvaluation: {
    table: 'gate_evaluation',
    fields: { ...texts('gate', 'verdict'), ...wholes('completenessBps'), ...instants('evaluatedAt') },
    many: { findings: ['GateFinding', 'evaluationId', ['position']] },
  },
  GateFinding: {
    table: 'gate_finding',
    fields: { ...texts('code', 'severity', 'path'), ...wholes('position'), ...flags('exceptionable') },
  },
  ApprovalRequest: {
    table: 'approval_request',
    fields: { ...texts('kind', 'state', 'digest'), ...wholes('round'), ...instants('openedAt', 'expiresAt') },
    one: { requester: ['Person', 'requesterId'] },
    many: { votes: ['ApprovalVote', 'requestId', ['id']] },
  },
  ApprovalVote: {
    table: 'approval_vote',
    fields: { ...texts('decision'), ...wholes('round'), ...instants('castAt') },
    one: { voter: ['Person', 'voterId'] },
  },
  Decision: {
    table: 'decision',
    fields: { ...texts('number', 'kind', 'question', 'state', 'outcome', 'dueOn'), ...instants('openedAt') },
    one: { owner: ['Person', 'ownerId'] },
  },
  HandoffReturn: { table: 'handoff_return', fields: { ...texts('verdict'), ...instants('returnedAt') } },
};

/** The column of a property. */
export const columnOf = (property) => property.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/** The properties of a type that hold an id of another row: what its own relations name, and what names it. */
export function keysOf(name) {
  const own = Object.values(MODEL[name].one ?? {}).map(([, key]) => key);
  const others = Object.values(MODEL).flatMap(({ many = {} }) =>
    Object.values(many).flatMap(([target, key]) => (target === name ? [key] : [])),
  );
  return [...new Set([...own, ...others])];
}
