// What stands against each of the 17 attacks: the text to take away, and the attack that must then succeed.
import { patch } from './patch.mjs';

const VOTES = 'test/attacks/votes.test.ts';
const CONTENT = 'test/attacks/content.test.ts';
const PEOPLE = 'test/attacks/people.test.ts';
const CRASH = 'test/attacks/crash.test.ts';
const CLOCK = 'test/attacks/clock.test.ts';
const HTTP = 'test/attacks/http.test.ts';
const SPLIT = 'test/attacks/split.test.ts';

const rules = 'src/approval/approval.rules.ts';
const findings = 'src/approval/vote-findings.rules.ts';
const queries = 'src/approval/approval.queries.ts';

export const ATTACK_GUARDS = [
  {
    name: 'A1: votes are counted under the lock of the request',
    test: [VOTES, 'A1:'],
    patches: [
      patch(
        queries,
        "selectRequired(ApprovalRequest, id, { lock: 'UPDATE' });",
        'selectRequired(ApprovalRequest, id);',
      ),
    ],
  },
  {
    name: 'A2: a human votes once',
    test: [VOTES, 'A2:'],
    patches: [
      patch(
        findings,
        'return votesOfRound(facts).some((vote) => humansOf(vote, facts.standing).includes(canonical));',
        'return facts === null && canonical === null;',
      ),
    ],
  },
  {
    name: 'A3: who asks does not answer, by whatever record',
    test: [PEOPLE, 'A3:'],
    patches: [patch(rules, '!barred.has(human) && !used.has(human)', '!used.has(human)')],
  },
  {
    name: 'A4: roles are held between count and commit of a vote',
    test: [PEOPLE, 'A4:'],
    patches: [
      patch(
        queries,
        'in (${withCanonical(hands)}) order by id for share`;\n  return sql(text, [requestId, personIds]',
        'in (${withCanonical(hands)}) order by id`;\n  return sql(text, [requestId, personIds]',
      ),
    ],
  },
  {
    name: 'A4: roles are held between count and commit of the effect',
    test: [PEOPLE, 'A4:'],
    patches: [
      patch(
        queries,
        'in (${withCanonical(hands)}) order by id for share`;\n  return sql(text, [type, id]',
        'in (${withCanonical(hands)}) order by id`;\n  return sql(text, [type, id]',
      ),
    ],
  },
  {
    name: 'A4: delegations are held between count and commit',
    test: [PEOPLE, 'A4:'],
    patches: [
      patch(
        queries,
        "select(Delegation, {}, { orderBy: ['id'], lock: 'SHARE' })",
        "select(Delegation, {}, { orderBy: ['id'] })",
      ),
    ],
  },
  {
    name: 'A5: votes fall with their content',
    test: [CONTENT, 'A5:'],
    patches: [
      patch(
        rules,
        'vote.round === round &&\n        vote.digest === digest &&\n        vote.contentRevision === contentRevision,',
        'round > 0 && digest !== null && contentRevision > 0,',
      ),
    ],
  },
  {
    name: 'A5: a vote names what its voter saw',
    test: [CONTENT, 'A5:'],
    patches: [patch(findings, 'if (digest !== request.digest) {', 'if (digest === null) {')],
  },
  {
    name: 'A6: the revision counts, not the digest alone',
    test: [CONTENT, 'A6:'],
    patches: [
      patch(
        rules,
        'vote.round === round &&\n        vote.digest === digest &&\n        vote.contentRevision === contentRevision,',
        'round > 0 && contentRevision > 0 && vote.digest === digest,',
      ),
    ],
  },
  {
    name: 'A7: nothing is withdrawn after its effect',
    test: [VOTES, 'A7:'],
    patches: [
      patch(
        'src/approval/request.rules.ts',
        'if (!isOpen(request, now)) {',
        'if (!isOpen(request, now) && request.state === null) {',
      ),
    ],
  },
  {
    name: 'A8: the policy of the moment holds',
    test: [CONTENT, 'A8:'],
    patches: [
      patch('src/margin/margin.gate.ts', 'need: bothNeeds(pinned, present)!,', 'need: present ? pinned : pinned,'),
    ],
  },
  {
    name: 'A8: and is held between judgement and commit',
    test: [CONTENT, 'A8:'],
    patches: [patch('src/catalogue/catalogue.queries.ts', 'order by version desc for share', 'order by version desc')],
  },
  {
    name: 'A9: an ended request takes no votes',
    test: [VOTES, 'A9:'],
    patches: [
      patch(
        findings,
        "if (request.state !== ApprovalState.PENDING) {\n    return [\n      refusal(\n        'NOT_PENDING'",
        "if (request.state === null) {\n    return [\n      refusal(\n        'NOT_PENDING'",
      ),
    ],
  },
  {
    name: 'A9: nor one whose time has run out',
    test: [VOTES, 'A9:'],
    patches: [
      patch(
        findings,
        "if (!isExpired(request, now)) return [];\n  return [\n    refusal(\n      'EXPIRED'",
        "if (!isExpired(request, now) || request.state !== null) return [];\n  return [\n    refusal(\n      'EXPIRED'",
      ),
    ],
  },
  {
    name: 'A10: a key is for one request',
    test: [VOTES, 'A10:'],
    patches: [
      patch('src/core/idempotency.ts', 'record.requestHash !== scope.requestHash', 'record.requestHash === null'),
    ],
  },
  {
    name: 'A11: a key remembers in the transaction of the change',
    test: [CRASH, 'A11: a process'],
    patches: [patch('src/core/pipeline.ts', 'if (remembered) {', 'if (remembered === undefined) {')],
  },
  {
    name: 'A12: humans are counted, not records',
    test: [PEOPLE, 'A12:'],
    patches: [
      patch(
        rules,
        '[voterId, ...(onBehalfOf === null ? [] : [onBehalfOf])].map(canonicalOf)',
        '[voterId, ...(onBehalfOf === null || !canonicalOf ? [] : [onBehalfOf])]',
      ),
    ],
  },
  {
    name: "A13: the database's clock decides",
    test: [CLOCK, 'A13: application'],
    patches: [
      patch(
        'src/core/pipeline.ts',
        'const moment: Moment = { now,',
        'const moment: Moment = { now: new Date(Date.now()),',
      ),
    ],
  },
  {
    name: 'A13: what is later is said by the database',
    test: [CLOCK, 'A13: a later'],
    patches: [
      patch(
        'src/approval/deadline.rules.ts',
        'return ms === 0 ? one.id > other.id : ms > 0;',
        'return ms !== null && one.id > other.id;',
      ),
    ],
  },
  {
    name: 'A14: the membership is read again in the transaction',
    test: [PEOPLE, 'A14:'],
    patches: [
      patch(
        'src/identity/actor.queries.ts',
        "join person p on p.tenant_id = $1 and p.id = a.person_id and p.state = 'ACTIVE'",
        'join person p on p.tenant_id = $1 and p.id = a.person_id',
      ),
      patch(
        'src/identity/actor.queries.ts',
        "s.id = coalesce(p.merged_into, p.id) and s.state = 'ACTIVE'",
        's.id = coalesce(p.merged_into, p.id)',
      ),
    ],
  },
  {
    name: 'A15: a new role waits, or is confirmed from outside',
    test: [PEOPLE, 'A15:'],
    patches: [
      patch(
        'src/identity/identity.rules.ts',
        'return grant.confirmedBy !== null && !circle.has(grant.confirmedBy) && !circle.has(grant.grantedBy);',
        'return circle !== null;',
      ),
    ],
  },
  {
    name: 'A15: the circle confirms nothing',
    test: [PEOPLE, 'A15:'],
    patches: [
      patch(
        'src/identity/identity.rules.ts',
        'return grant.confirmedBy !== null && !circle.has(grant.confirmedBy) && !circle.has(grant.grantedBy);',
        'return grant.confirmedBy !== null && circle !== null;',
      ),
    ],
  },
  {
    name: 'A16: so many aliases are refused',
    test: [HTTP, 'A16:'],
    patches: [patch('src/core/graphql/limits.ts', 'aliases: 30, rootFields: 20,', 'aliases: 3000, rootFields: 2000,')],
  },
  {
    name: 'A17: the client is held while an exception is weighed',
    test: [SPLIT, 'A17:'],
    patches: [
      patch(
        'src/margin/margin.queries.ts',
        '${condition}) order by id for no key update`;',
        '${condition}) order by id`;',
      ),
    ],
  },
  {
    name: 'A17: figures follow the terms',
    test: [SPLIT, 'A17:'],
    patches: [
      patch(
        'src/margin/exception.effects.ts',
        'request.kind === MARGIN_EXCEPTION && followsContent',
        'request.kind === null && followsContent',
      ),
    ],
  },
];
