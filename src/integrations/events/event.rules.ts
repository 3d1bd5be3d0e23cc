import { canonicalJson, sha256Hex } from '../../core/canonical.js';
import { CONFIGURATION_CHANGE } from '../../governance/proposal.rules.js';
import { Stage } from '../../handoff/stage.rules.js';
import { MARGIN_EXCEPTION } from '../../margin/margin.gate.js';
import { REBASELINE } from '../../scope-change/content.rules.js';
import { EventType } from './event-type.js';

/** A sealed entry of the ledger that something was done: all that events are made of. */
export interface SealedEntry {
  /** The entry's number in the ledger. */
  readonly seq: number;
  readonly id: string;
  readonly at: Date;
  /** The command's name. */
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string | null };
  readonly body: Readonly<Record<string, unknown>>;
}

/** Ids, codes and version numbers: never a name, a text, an amount or a margin. */
export type EventData = Readonly<Record<string, string | number>>;

/** One event, as every endpoint that wants its type gets it. */
export interface OutboundEvent {
  /** The same however often it is derived, sent or replayed; the receiver's key against doing it twice. */
  readonly id: string;
  readonly type: EventType;
  readonly occurredAt: Date;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly data: EventData;
}

interface Told {
  readonly type: EventType;
  /** The entry's own where it is left out. */
  readonly subject?: { readonly type: unknown; readonly id: unknown };
  readonly data?: Readonly<Record<string, Picked>>;
}

type Picked = string | number | undefined;
type Body = SealedEntry['body'];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const CODE = /^[A-Z][A-Z0-9_]{0,39}$/;
const TYPE = /^[A-Z][A-Za-z]{0,39}$/;

/** Lets through what is an id, a code of ours, the name of a type, or a small number: nothing else leaves. */
const idIn = (value: unknown): Picked => (typeof value === 'string' && UUID.test(value) ? value : undefined);
const codeIn = (value: unknown): Picked => (typeof value === 'string' && CODE.test(value) ? value : undefined);
const typeIn = (value: unknown): Picked => (typeof value === 'string' && TYPE.test(value) ? value : undefined);
const numberIn = (value: unknown): Picked =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 1_000_000 ? value : undefined;

const UNDER_SIGN_OFF: readonly unknown[] = [Stage.SIGNED_OFF, Stage.KICKOFF_SCHEDULED];

/** What each action of the ledger tells outside; an action that is not here tells nothing. */
const SOURCES: Readonly<Record<string, (entry: SealedEntry) => readonly Told[]>> = {
  importDeal: ({ body }) => [
    ...when(body.opened === true, { type: EventType.HANDOFF_OPENED, data: { stage: Stage.DRAFT } }),
    ...when(body.adopted === true, {
      type: EventType.HANDOFF_TERMS_CHANGED,
      data: { termsRevision: numberIn(body.termsRevision) },
    }),
    ...(idIn(body.lapsed) === undefined ? [] : lapsed(body, 'TERMS_CHANGED')),
  ],
  submitHandoff: ({ body }) => [
    // A review before the signature is no closed-won: completePreClose tells of it.
    ...when(body.pendingContract !== true, { type: EventType.HANDOFF_SUBMITTED, data: { stage: Stage.IN_REVIEW } }),
    ...when(body.baselineCreated === true, {
      type: EventType.BASELINE_CREATED,
      data: { version: numberIn(body.baselineVersion) },
    }),
    { type: EventType.BRIEF_DRAFTED, data: { version: numberIn(body.briefVersion) } },
    ...when(idIn(body.grantId) !== undefined, {
      type: EventType.EXCEPTION_USED,
      data: { grantId: idIn(body.grantId) },
    }),
    ...decisionsOpened(body),
  ],
  assignDeliveryManager: ({ body }) =>
    idIn(body.lapsed) === undefined ? [] : lapsed({ ...body, from: body.fromStage }, 'DELIVERY_MANAGER_CHANGED'),
  completePreClose: ({ body }) =>
    numberIn(body.briefVersion) === undefined
      ? []
      : [
          { type: EventType.HANDOFF_SUBMITTED, data: { stage: Stage.IN_REVIEW } },
          { type: EventType.BRIEF_DRAFTED, data: { version: numberIn(body.briefVersion) } },
        ],
  openConflicts: ({ body }) => decisionsOpened(body),
  returnHandoff: () => [{ type: EventType.HANDOFF_RETURNED, data: { stage: Stage.RETURNED } }],
  signOffFeasibility: ({ body }) => [
    {
      type: EventType.HANDOFF_SIGNED_OFF,
      data: {
        stage: Stage.SIGNED_OFF,
        signOffId: idIn(body.signOffId),
        baselineVersion: numberIn(body.baselineVersion),
      },
    },
    ...decisionsOpened(body),
  ],
  addResourceBooking: ({ body }) => planChanged(body),
  removeResourceBooking: ({ body }) => planChanged(body),
  revokeSignOff: ({ body }) => lapsed({ ...body, stage: Stage.IN_REVIEW }, 'REVOKED'),
  withdrawHandoff: ({ body }) => [
    { type: EventType.HANDOFF_WITHDRAWN, data: { stage: Stage.WITHDRAWN, fromStage: codeIn(body.from) } },
    ...(UNDER_SIGN_OFF.includes(body.from) ? lapsed(body, 'WITHDRAWN') : []),
  ],
  closeHandoff: () => [{ type: EventType.HANDOFF_CLOSED, data: { stage: Stage.CLOSED } }],
  scheduleKickoff: ({ body }) => [
    { type: EventType.KICKOFF_SCHEDULED, data: { stage: Stage.KICKOFF_SCHEDULED, kickoffId: idIn(body.kickoffId) } },
  ],
  holdKickoff: ({ body }) => [
    { type: EventType.KICKOFF_HELD, data: { stage: Stage.KICKED_OFF, kickoffId: idIn(body.kickoffId) } },
  ],
  draftBrief: ({ body }) => brief(EventType.BRIEF_DRAFTED, body),
  releaseBrief: ({ body }) => brief(EventType.BRIEF_RELEASED, body),
  submitEvidence: ({ body }) => evidence(EventType.EVIDENCE_SUBMITTED, body),
  verifyEvidence: ({ body }) => evidence(EventType.EVIDENCE_VERIFIED, body),
  rejectEvidence: ({ body }) => evidence(EventType.EVIDENCE_REJECTED, body),
  invalidateEvidence: ({ body }) => (body.changed === true ? evidence(EventType.EVIDENCE_INVALIDATED, body) : []),
  openDecision: ({ body }) => decision(EventType.DECISION_OPENED, body),
  reassignDecision: ({ body }) => decision(EventType.DECISION_REASSIGNED, body),
  resolveDecision: ({ body }) => decision(EventType.DECISION_DECIDED, body),
  completeTask: ({ body }) => [{ type: EventType.TASK_COMPLETED, data: { taskId: idIn(body.taskId) } }],
  recordDrifts: ({ body }) => {
    const differences = [body.found, body.again].flat().filter((id) => idIn(id) !== undefined).length;
    return when(differences > 0, { type: EventType.PROJECT_DRIFTED, data: { differences } });
  },
  requestMarginException: ({ subject, body }) => [
    requested(body.requestId, MARGIN_EXCEPTION, subject),
    { type: EventType.EXCEPTION_REQUESTED, data: { requestId: idIn(body.requestId) } },
  ],
  requestScopeChange: ({ body }) => [
    requested(body.requestId, REBASELINE, { type: 'ScopeChange', id: body.scopeChangeId }),
  ],
  withdrawScopeChange: ({ body }) => [
    {
      ...answered(EventType.APPROVAL_WITHDRAWN, {
        body: { kind: body.kind, subjectType: 'ScopeChange', subjectId: body.scopeChangeId },
      }),
      subject: { type: 'ApprovalRequest', id: body.requestId },
    },
  ],
  rebaseline: ({ body }) => [
    { type: EventType.BASELINE_CREATED, data: { version: numberIn(body.baselineVersion) } },
    ...(idIn(body.lapsed) === undefined ? [] : lapsed(body, 'BASELINE_CHANGED')),
  ],
  proposeConfiguration: ({ subject, body }) => [
    {
      type: EventType.CONFIGURATION_PROPOSED,
      data: { version: numberIn(body.version), requestId: idIn(body.requestId) },
    },
    requested(body.requestId, CONFIGURATION_CHANGE, subject),
  ],
  castVote: (entry) => [
    ...(entry.body.state === 'APPROVED' ? granted(entry, 'QUORUM') : []),
    ...(entry.body.state === 'REJECTED'
      ? [answered(EventType.APPROVAL_REJECTED, entry), ...exception(EventType.EXCEPTION_REJECTED, entry)]
      : []),
  ],
  breakGlass: (entry) => (entry.body.broken === true ? granted(entry, 'BREAK_GLASS') : []),
  withdrawRequest: (entry) => [answered(EventType.APPROVAL_WITHDRAWN, entry)],
  enactConfiguration: ({ body }) => [
    { type: EventType.CONFIGURATION_ENACTED, data: { version: numberIn(body.version) } },
  ],
  connectIntegration: ({ body }) => [{ type: EventType.INTEGRATION_CONNECTED, data: { vendor: codeIn(body.vendor) } }],
  disconnectIntegration: ({ body }) => [
    { type: EventType.INTEGRATION_DISCONNECTED, data: { vendor: codeIn(body.vendor) } },
  ],
  recordConnectionCheck: ({ body }) =>
    when(body.isCurrent === true && body.state === 'ERROR', {
      type: EventType.INTEGRATION_ERROR,
      data: { vendor: codeIn(body.vendor) },
    }),
  disableFailingEndpoint: ({ body }) =>
    when(body.isDisabled === true, { type: EventType.ENDPOINT_DISABLED, data: { reason: codeIn(body.reason) } }),
  sendTestEvent: () => [{ type: EventType.ENDPOINT_TEST }],
};

/** The actions of the ledger that tell something: what the relay asks for. */
export const TELLING_ACTIONS: readonly string[] = Object.keys(SOURCES);

/** The events of one entry, always the same ones with the same ids. */
export function eventsOf(entry: SealedEntry): OutboundEvent[] {
  const told = SOURCES[entry.action]?.(entry) ?? [];
  return told.flatMap(({ type, subject = entry.subject, data = {} }, index) => {
    const subjectType = typeIn(subject.type);
    const subjectId = idIn(subject.id);
    if (typeof subjectType !== 'string' || typeof subjectId !== 'string') return [];
    const earlier = told.slice(0, index).filter((one) => one.type === type).length;
    const id = `evt_${sha256Hex(`${entry.id}/${type}/${earlier}`).slice(0, 32)}`;
    return [{ id, type, occurredAt: entry.at, subjectType, subjectId, data: picked(data) }];
  });
}

/** What is sent (Standard Webhooks: type, timestamp, data), as canonical text: the same bytes at every attempt. */
export function payloadOf(tenantId: string, event: Omit<OutboundEvent, 'id'> & { readonly eventId: string }): string {
  const { eventId, type, occurredAt, subjectType, subjectId, data } = event;
  return canonicalJson({
    type,
    timestamp: occurredAt.toISOString(),
    data: { eventId, tenantId, subject: { type: subjectType, id: subjectId }, ...data },
  });
}

function picked(data: Readonly<Record<string, Picked>>): EventData {
  return Object.fromEntries(
    Object.entries(data).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}

const when = (condition: boolean, told: Told): Told[] => (condition ? [told] : []);

function lapsed({ stage, from }: Body, reason: string): Told[] {
  return [
    { type: EventType.HANDOFF_SIGN_OFF_LAPSED, data: { stage: codeIn(stage), reason } },
    ...when(from === Stage.KICKOFF_SCHEDULED, {
      type: EventType.KICKOFF_VOIDED,
      data: { stage: codeIn(stage), reason },
    }),
  ];
}

/** A changed resource plan tells something only when it ended a sign-off. */
const planChanged = (body: Body): Told[] => (idIn(body.lapsed) === undefined ? [] : lapsed(body, 'PLAN_CHANGED'));

function decisionsOpened({ decisionsOpened: numbers }: Body): Told[] {
  const list: readonly unknown[] = Array.isArray(numbers) ? numbers : [];
  return list.map((number) => ({ type: EventType.DECISION_OPENED, data: { number: numberIn(number) } }));
}

function decision(type: EventType, { decisionId, number, state }: Body): Told[] {
  return [{ type, data: { decisionId: idIn(decisionId), number: numberIn(number), state: codeIn(state) } }];
}

function brief(type: EventType, { briefId, version }: Body): Told[] {
  return [{ type, data: { briefId: idIn(briefId), version: numberIn(version) } }];
}

function evidence(type: EventType, { itemId, evidenceId }: Body): Told[] {
  return [{ type, data: { itemId: idIn(itemId), evidenceId: idIn(evidenceId) } }];
}

function requested(requestId: unknown, kind: string, about: NonNullable<Told['subject']>): Told {
  const data = { kind, subjectType: typeIn(about.type), subjectId: idIn(about.id) };
  return { type: EventType.APPROVAL_REQUESTED, subject: { type: 'ApprovalRequest', id: requestId }, data };
}

function answered(
  type: EventType,
  { body }: Pick<SealedEntry, 'body'>,
  more: Readonly<Record<string, Picked>> = {},
): Told {
  const { kind, subjectType, subjectId } = body;
  return { type, data: { kind: codeIn(kind), subjectType: typeIn(subjectType), subjectId: idIn(subjectId), ...more } };
}

function granted(entry: SealedEntry, way: string): Told[] {
  return [answered(EventType.APPROVAL_GRANTED, entry, { way }), ...exception(EventType.EXCEPTION_APPROVED, entry)];
}

function exception(type: EventType, { subject, body }: SealedEntry): Told[] {
  const { kind, subjectType, subjectId } = body;
  const about = { type: subjectType, id: subjectId };
  return when(kind === MARGIN_EXCEPTION, { type, subject: about, data: { requestId: idIn(subject.id) } });
}
