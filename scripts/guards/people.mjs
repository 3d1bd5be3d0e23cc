// What upholds rules 1, 2, 3, 9 and 10 of approval: the text to take away, and the test that must notice.
import { patch } from './patch.mjs';

const PEOPLE = 'test/command/rules-of-approval-people.test.ts';
const DELEGATION = 'test/command/rules-of-approval-delegation.test.ts';
const TERMS = 'test/command/rules-of-approval-terms.test.ts';
const rules = 'src/approval/approval.rules.ts';
const findings = 'src/approval/vote-findings.rules.ts';
const delegation = 'src/approval/delegation.rules.ts';

export const PEOPLE_GUARDS = [
  {
    name: 'rule 1: writers and owner are barred',
    test: [PEOPLE, 'rule 1:'],
    patches: [patch(rules, '[request.requesterId, ...ofRound, ...contributors].map', '[request.requesterId].map')],
  },
  {
    name: 'rule 1: whoever owned the record',
    test: [TERMS, 'rule 1: its owner'],
    patches: [
      patch('src/handoff/handoff.commands.ts', 'writes: [owns, barFromRounds(subject, person.id), ', 'writes: ['),
    ],
  },
  {
    name: 'rule 1: whoever came to own what the change of scope is about',
    test: ['test/command/scope-change-owner.test.ts', 'rule 1: its vote'],
    patches: [
      patch('src/handoff/handoff.commands.ts', ', ...barFromRequests(scopeRequests, person.id, moment)],', '],'),
    ],
  },
  {
    name: 'rule 1: in the database, who wrote is not forgotten',
    test: [TERMS, 'rule 1: who wrote'],
    patches: [
      patch(
        'migrations/0006-approval.ts',
        "content_revision, person_id),\n      foreign key (tenant_id, person_id) references person (tenant_id, id)`,\n      'select, insert',",
        "content_revision, person_id),\n      foreign key (tenant_id, person_id) references person (tenant_id, id)`,\n      'select, insert, update, delete',",
      ),
    ],
  },
  {
    name: 'rule 1: who is barred by now counts no longer',
    test: [PEOPLE, 'rule 1: who is merged'],
    patches: [patch(rules, '!barred.has(human) && !used.has(human)', '!used.has(human)')],
  },
  {
    name: 'rule 1: in the database, the requester',
    test: [PEOPLE, 'rule 1: the database'],
    patches: [
      patch(
        'migrations/0006-approval.ts',
        'constraint approval_vote_not_requester check (voter_id <> requester_id)',
        '',
      ),
    ],
  },
  {
    name: 'rule 1: in the database, a writer',
    test: [PEOPLE, 'rule 1: the database'],
    patches: [
      patch('migrations/0006-approval.ts', "part text not null check (part = 'VOTER'),", 'part text not null,'),
      patch(
        'migrations/0006-approval.ts',
        `constraint approval_vote_participant foreign key (tenant_id, request_id, round, voter_id, part)
        references approval_participant (tenant_id, request_id, round, person_id, part),`,
        '',
      ),
    ],
  },
  {
    name: 'rule 2: a human votes once',
    test: [PEOPLE, 'rule 2:'],
    patches: [
      patch(
        findings,
        'return votesOfRound(facts).some((vote) => humansOf(vote, facts.standing).includes(canonical));',
        'return facts === null && canonical === null;',
      ),
    ],
  },
  {
    name: 'rule 2: two records of one human are counted once',
    test: [PEOPLE, 'rule 2: two accounts'],
    patches: [patch(rules, '!barred.has(human) && !used.has(human)', '!barred.has(human)')],
  },
  {
    name: 'rule 2: programs do not vote',
    test: [PEOPLE, 'rule 2: service'],
    patches: [
      patch(
        'src/approval/approval.abilities.ts',
        "grant(VOTERS, 'vote', 'ApprovalRequest');",
        "grant([...VOTERS, Role.INTEGRATOR], 'vote', 'ApprovalRequest');",
      ),
      patch(
        'src/approval/approval.commands.ts',
        "name: 'castVote',\n  action: 'vote',\n  subject: 'ApprovalRequest',\n  services: false,",
        "name: 'castVote',\n  action: 'vote',\n  subject: 'ApprovalRequest',",
      ),
    ],
  },
  {
    name: 'rule 2: in the database, a vote names an account',
    test: [PEOPLE, 'rule 2: service'],
    patches: [patch('migrations/0006-approval.ts', 'account_id uuid not null,', 'account_id uuid,')],
  },
  {
    name: 'rule 3: one person, one step',
    test: [PEOPLE, 'rule 3:'],
    patches: [
      patch(
        'src/core/seating.ts',
        'for (const candidate of candidates) place(candidate, new Set());',
        'for (const candidate of [...candidates, ...candidates]) place(candidate, new Set());',
      ),
    ],
  },
  {
    name: 'rule 3: a step is met by its own roles',
    test: [PEOPLE, 'rule 3:'],
    patches: [patch(rules, 'step.roles.includes(grant.role) &&', '')],
  },
  {
    name: 'rule 9: confirmed before it holds',
    test: [DELEGATION, 'rule 9: holds once'],
    patches: [
      patch(delegation, 'confirmedAt !== null && confirmedAt <= at && fromAt <= at', 'fromAt <= at'),
      patch(
        delegation,
        'if (confirmedBy === null || maker === getter',
        'if (confirmedBy === null) return true;\n  if (maker === getter',
      ),
    ],
  },
  {
    name: 'rule 9: for a reason',
    test: [DELEGATION, 'rule 9: has a reason'],
    patches: [
      patch(
        'src/approval/approval.input.ts',
        "@Length(3, 500)\n  @Field(() => String, { description: 'Why, such as out of office.' })",
        "@Field(() => String, { description: 'Why, such as out of office.' })",
      ),
    ],
  },
  {
    name: 'rule 9: never two of one',
    test: [DELEGATION, 'rule 9: never makes'],
    patches: [
      patch(
        rules,
        '[voterId, ...(onBehalfOf === null ? [] : [onBehalfOf])].map(canonicalOf)',
        '[onBehalfOf ?? voterId].map(canonicalOf)',
      ),
    ],
  },
  {
    name: 'rule 9: no chain',
    test: [DELEGATION, 'rule 9: does not chain'],
    patches: [
      patch(
        delegation,
        'standing.canonicalOf(delegation.delegateId) === standing.canonicalOf(personId) &&',
        '(standing.canonicalOf(delegation.delegateId) === standing.canonicalOf(personId) ||\n        delegations.some((via) => via.delegatorId === delegation.delegateId && via.delegateId === personId)) &&',
      ),
    ],
  },
  {
    name: 'rule 9: independent of the circle',
    test: [DELEGATION, 'rule 9: is independent'],
    patches: [patch(findings, 'if (madeByCircle) {', 'if (madeByCircle === null) {')],
  },
  {
    name: 'rule 9: independent of the other approver',
    test: [DELEGATION, 'rule 9: is independent of the other'],
    patches: [patch(rules, '&& !beside.includes(maker);', ';')],
  },
  {
    name: 'rule 9: votes of an ended one fall',
    test: [DELEGATION, 'rule 9: ends at once'],
    patches: [patch(rules, 'return !endedEarly && isIndependent(', 'return endedEarly !== null && isIndependent(')],
  },
  {
    name: 'rule 9: four eyes, whatever is merged',
    test: [DELEGATION, 'rule 9: falls when who confirmed'],
    patches: [patch(delegation, 'return ![maker, giver, getter].includes(canonicalOf(confirmedBy));', 'return true;')],
  },
  {
    name: 'rule 9: in the database, four eyes',
    test: [DELEGATION, 'rule 9: the database refuses what'],
    patches: [
      patch(
        'migrations/0023-approval-engine.ts',
        'constraint delegation_four_eyes check (confirmed_by not in (created_by, delegator_id, delegate_id))',
        '',
      ),
    ],
  },
  {
    name: 'rule 9: in the database, no vote for the requester',
    test: [DELEGATION, 'rule 9: the database refuses a vote'],
    patches: [
      patch(
        'migrations/0023-approval-engine.ts',
        'add constraint approval_vote_principal check (on_behalf_of not in (requester_id, voter_id)),',
        '',
      ),
    ],
  },
  {
    name: 'rule 10: a role that is gone',
    test: [PEOPLE, 'rule 10: a vote'],
    patches: [
      patch(
        'src/identity/identity.queries.ts',
        "where p.tenant_id = $1 and p.state = 'ACTIVE' and p.merged_into is null and ${HELD}\n      order by p.id, r.role",
        "where p.tenant_id = $1 and p.state = 'ACTIVE' and p.merged_into is null\n      order by p.id, r.role",
      ),
    ],
  },
  {
    name: 'rule 10: a member who is suspended',
    test: [PEOPLE, 'rule 10: nor one'],
    patches: [
      patch(
        'src/identity/identity.queries.ts',
        "where p.tenant_id = $1 and p.state = 'ACTIVE' and p.merged_into is null and ${HELD}\n      order by p.id, r.role",
        'where p.tenant_id = $1 and p.merged_into is null and ${HELD}\n      order by p.id, r.role',
      ),
    ],
  },
];
