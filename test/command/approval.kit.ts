import { command, done } from '../../src/core/command.js';
import { newId } from '../../src/core/id.js';
import { selectRequired, type Statement } from '../../src/core/statement.js';
import { endExpired, openRequest, recordContribution, termsChanged } from '../../src/approval/approval.effects.js';
import { contributorsOf, lockRequestsOf } from '../../src/approval/approval.queries.js';
import type { BreakGlassTerms } from '../../src/approval/break-glass.rules.js';
import type { WorkingTimes } from '../../src/approval/deadline.rules.js';
import type { ApprovalNeed } from '../../src/approval/need.rules.js';
import { ApprovalRequest } from '../../src/approval/request.entity.js';
import { VoteDecision } from '../../src/approval/vote.entity.js';
import { memberBySignIn } from '../kit/sign-in.js';
import { Role } from '../../src/identity/roles.js';
import type { Suite } from '../kit/suite.js';
import { Persona, type World } from '../kit/world.js';

/** The engine knows no domain: these commands stand in for one whose content is a digest and a revision. */
export const KIND = 'TEST_EXCEPTION';
export const subjectOf = (id: string) => ({ type: 'Paper', id });
export const digestOf = (letter: string): string => letter.repeat(64);

const HOUR = 3_600_000;
const anybody = { action: 'read', subject: 'ApprovalRequest' } as const;

interface Ask {
  readonly subjectId: string;
  readonly approvers: number;
  readonly letter: string;
  readonly revision: number;
  readonly barred: readonly string[];
  readonly hours: number;
  readonly need?: ApprovalNeed;
  readonly breakGlass?: BreakGlassTerms;
  /** Milliseconds in which it is decided, for a race against the deadline; hours otherwise. */
  readonly lastsMs?: number;
}

/** So many different holders of the finance role. */
export const financeNeed = (approvers: number, parts: Partial<ApprovalNeed> = {}): ApprovalNeed => ({
  quorums: [[{ name: 'finance', approvers, roles: [Role.FINANCE_APPROVER], people: [] }]],
  rejections: 1,
  freshSignInMinutes: null,
  coolDownHours: 24,
  ...parts,
});

/** A calendar that never closes. */
export const aroundTheClock: WorkingTimes = (from, hours) => [
  { from: from.toISOString(), to: new Date(from.getTime() + hours * HOUR).toISOString() },
];

/** A calendar that closes so many milliseconds from now: whatever hours are asked for end then. */
const closingIn =
  (ms: number): WorkingTimes =>
  (from) => [{ from: from.toISOString(), to: new Date(from.getTime() + ms).toISOString() }];

/** Opens a request for the actor. */
export const askApproval = command({
  name: 'askApproval',
  ...anybody,
  facts: ({ subjectId }: Ask) => ({
    requests: lockRequestsOf(subjectOf(subjectId)),
    contributors: contributorsOf(subjectOf(subjectId)),
  }),
  decide: ({ requests, contributors }, ask, moment) => {
    const { id, statements } = openRequest(
      {
        subject: subjectOf(ask.subjectId),
        kind: KIND,
        reason: 'A good reason, at length.',
        digest: digestOf(ask.letter),
        contentRevision: ask.revision,
        need: ask.need ?? financeNeed(ask.approvers),
        strictest: financeNeed(2),
        breakGlass: ask.breakGlass ?? null,
        configurationVersionId: newId(),
        policy: '{}',
        sources: [{ type: 'CONFIGURATION', id: newId(), version: '1', hash: digestOf('c') }],
        pendingHours: ask.hours,
        grantHours: 80,
        workingTimes: ask.lastsMs === undefined ? aroundTheClock : closingIn(ask.lastsMs),
        contributors: [...contributors, ...ask.barred],
      },
      moment,
    );
    const writes = [...endExpired(requests, KIND, moment), ...statements];
    return done({ id, subject: subjectOf(ask.subjectId), writes });
  },
});

interface Change {
  readonly subjectId: string;
  readonly letter: string;
  readonly revision: number;
}

/** Changes the content, as the domain's own command would. */
export const changePaper = command({
  name: 'changePaper',
  ...anybody,
  facts: ({ subjectId }: Change) => ({
    requests: lockRequestsOf(subjectOf(subjectId)),
    contributors: contributorsOf(subjectOf(subjectId)),
  }),
  decide: ({ requests, contributors }, { subjectId, letter, revision }, moment) => {
    const change = {
      digest: digestOf(letter),
      contentRevision: revision,
      editorId: moment.actor.id,
      contributors,
      need: null,
      workingTimes: aroundTheClock,
    };
    return done({
      id: subjectId,
      subject: subjectOf(subjectId),
      writes: termsChanged(requests, subjectOf(subjectId), change, moment),
    });
  },
});

/** Writes on the content while no request is open. */
export const writePaper = command({
  name: 'writePaper',
  ...anybody,
  facts: (_input: { subjectId: string }) => ({}),
  decide: (_facts, { subjectId }, moment) =>
    done({
      id: subjectId,
      subject: subjectOf(subjectId),
      writes: [recordContribution(subjectOf(subjectId), 1, moment.actor.id, moment)],
    }),
});

/** Three who hold the finance role, and one who asks. */
export async function cast(world: World): Promise<Record<'freda' | 'femi' | 'fiona' | 'sofia', Persona>> {
  return {
    freda: await world.as('freda.finance'),
    femi: await world.as('femi.finance'),
    fiona: await world.as('fiona.finance'),
    sofia: await world.as('sofia.sales'),
  };
}

/** A vote's input. */
export const ballot = (requestId: string, letter = 'a', decision = VoteDecision.APPROVE) => ({
  requestId,
  decision,
  reason: 'I looked at it.',
  digest: digestOf(letter),
  expectedRevision: null,
});

/** Opens a request of sofia's about a new paper; answers the ids. */
export async function open(
  world: World,
  parts: Partial<Ask> = {},
  by: Persona | null = null,
): Promise<{ id: string; subjectId: string }> {
  const subjectId = parts.subjectId ?? newId();
  const sofia = by ?? (await world.as('sofia.sales'));
  const id = await sofia.done(askApproval, {
    approvers: 2,
    letter: 'a',
    revision: 1,
    barred: [],
    hours: 24,
    ...parts,
    subjectId,
  });
  return { id, subjectId };
}

/** The request as it stands. */
export async function read(world: World, id: string): Promise<ApprovalRequest> {
  return (await world.read({ request: selectRequired(ApprovalRequest, id) })).request;
}

/** How many rows of a request a table has. */
export async function count(
  world: World,
  table: 'approval_vote' | 'approval_grant' | 'approval_round',
  requestId: string,
): Promise<number> {
  const rows = await world.rows(`select count(*)::int as n from ${table} where tenant_id = $1 and request_id = $2`, [
    requestId,
  ]);
  return rows[0]!.n as number;
}

/** The same person by their n-th account. */
export async function byAccount(suite: Suite, world: World, key: string, index: number): Promise<Persona> {
  const oid = world.configuration.people.find((p) => p.key === key)!.accounts[index]!.oid;
  const { actor } = await suite.gateway.read(world.tenantId, {
    actor: memberBySignIn(world.tenantId, { issuer: 'test', subject: 'test', oid, authTime: null }),
  });
  return new Persona(suite, actor!);
}

/** Writes as the application role, past every rule; answers the name of the constraint or the code that refused. */
export async function attempt(suite: Suite, world: World, writes: readonly Statement[]): Promise<string> {
  try {
    await suite.gateway.transaction(world.tenantId, (tx) => tx.commit(writes));
    return 'accepted';
  } catch (error) {
    const { constraint, code } = error as { constraint?: string; code: string };
    return constraint ?? code;
  }
}
