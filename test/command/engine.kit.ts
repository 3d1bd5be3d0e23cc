import {
  grantQueries,
  holdDelegations,
  holdVotersAbout,
  lockRequest,
  lockRequestsOf,
  votingQueries,
} from '../../src/approval/approval.queries.js';
import { confirmDelegation, delegateVotes } from '../../src/approval/delegation.commands.js';
import { coveringGrant } from '../../src/approval/grant.rules.js';
import type { ApprovalNeed, Step } from '../../src/approval/need.rules.js';
import { standingOf } from '../../src/approval/standing.rules.js';
import { useGrant } from '../../src/approval/vote.effects.js';
import { issueVoteLinks } from '../../src/approval/vote-link.effects.js';
import { APPROVE_PATH } from '../../src/approval/vote-link.token.js';
import { command, done, refused } from '../../src/core/command.js';
import { finding } from '../../src/core/finding.js';
import { newId } from '../../src/core/id.js';
import { insert } from '../../src/core/statement.js';
import { Account, MemberState, Person, RoleGrant } from '../../src/identity/person.entity.js';
import { TENANT_DIRECTORY } from '../../src/identity/actor.queries.js';
import { Role } from '../../src/identity/roles.js';
import type { Persona, World } from '../kit/world.js';
import { digestOf, financeNeed, KIND, subjectOf } from './approval.kit.js';

const HOUR = 3_600_000;

/** The codes of findings, in their order. */
export const codes = (found: readonly { code: string }[]): string[] => found.map(({ code }) => code);

/** A step that holders of the roles fill. */
export const step = (name: string, approvers: number, ...roles: string[]): Step => ({
  name,
  approvers,
  roles,
  people: [],
});

interface Use {
  readonly subjectId: string;
  readonly letter?: string;
  readonly revision?: number;
  /** What the policy asks now; one of finance unless said otherwise. */
  readonly need?: ApprovalNeed;
}

/** The effect that an approval is asked for: what submitHandoff is to a margin exception. */
export const usePaper = command({
  name: 'usePaper',
  action: 'read',
  subject: 'ApprovalRequest',
  facts: ({ subjectId }: Use) => {
    const subject = subjectOf(subjectId);
    const locks = {
      requests: lockRequestsOf(subject),
      held: holdVotersAbout(subject),
      delegations: holdDelegations(),
    };
    return { ...locks, ...grantQueries(subject), ...locks };
  },
  decide: ({ people, merged, held: _held, ...known }, input, moment) => {
    const { subjectId, letter = 'a', revision = 1, need = financeNeed(1) } = input;
    const facts = { ...known, standing: standingOf(people, merged) };
    const breakGlass = facts.requests.find(({ kind }) => kind === KIND)?.breakGlass ?? null;
    const question = { kind: KIND, digest: digestOf(letter), contentRevision: revision, need, breakGlass };
    const cover = coveringGrant(facts, question, moment.now);
    const code = cover ? (cover.used ? 'ALREADY_USED' : null) : 'NOT_COVERED';
    if (!cover || code)
      return refused([finding({ code: code!, path: 'paper', message: 'No.', facts: {}, remedy: 'Have it approved.' })]);
    return done({
      id: cover.grant.id,
      subject: subjectOf(subjectId),
      body: { grantId: cover.grant.id },
      writes: useGrant(cover.grant, cover.request, 'usePaper', moment),
    });
  },
});

/** Sends everyone who may vote their link, as a message to them would; `kept` gets the tokens by person. */
export const sendLinks = command({
  name: 'sendLinks',
  action: 'read',
  subject: 'ApprovalRequest',
  facts: ({ requestId }: { requestId: string; kept: Map<string, string> }) => ({
    request: lockRequest(requestId),
    ...votingQueries(requestId),
  }),
  decide: ({ people, merged, ...known }, { requestId, kept }, moment) => {
    const { links, statements } = issueVoteLinks({ ...known, standing: standingOf(people, merged) }, moment);
    for (const { personId, path } of links) kept.set(personId, path.slice(APPROVE_PATH.length));
    return done({ id: requestId, subject: subjectOf(requestId), writes: statements });
  },
});

/** A vote for somebody else, set up by the one who is away and confirmed by an administrator; it holds at once. */
export async function delegated(
  world: World,
  delegator: Persona,
  delegate: Persona,
  kinds: string[] | null = null,
): Promise<string> {
  const now = world.suite.clock.at;
  const delegationId = await delegator.done(delegateVotes, {
    delegatorId: delegator.actor.id,
    delegateId: delegate.actor.id,
    fromAt: new Date(now.getTime() - HOUR),
    untilAt: new Date(now.getTime() + 48 * HOUR),
    kinds,
    reason: 'Out of office.',
  });
  await (await world.as(Role.REVOPS_ADMIN)).done(confirmDelegation, { delegationId, expectedRevision: 1 });
  return delegationId;
}

/** A new member who has held a role for long, or since an instant: written past the commands, as an old record. */
export async function oldMember(
  world: World,
  handle: string,
  roles: readonly Role[],
  { by = 'operator', at = world.suite.clock.at }: { by?: string; at?: Date } = {},
): Promise<Persona> {
  const id = newId();
  const accountId = newId();
  const since = new Date(at.getTime() - 400 * 24 * HOUR);
  const row = { id, handle, name: handle, email: `${handle}@x.example`, state: MemberState.ACTIVE };
  await world.suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([
      insert(Person, { ...row, revision: 1, createdAt: since }),
      insert(Account, { id: accountId, personId: id, issuer: TENANT_DIRECTORY, subject: newId(), linkedAt: since }),
      ...roles.map((role) => insert(RoleGrant, { id: newId(), personId: id, role, grantedBy: by, grantedAt: since })),
    ]),
  );
  return world.acting({
    kind: 'PERSON',
    tenantId: world.tenantId,
    id,
    accountId,
    roles: [...roles],
    scopes: [],
    authTime: at,
  });
}

/** The revision of a person's record. */
export async function revisionOf(world: World, personId: string): Promise<number> {
  const [row] = await world.rows('select revision from person where tenant_id = $1 and id = $2', [personId]);
  return row!.revision as number;
}
