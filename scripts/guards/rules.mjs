// What upholds each of the 17 rules of approval: the text to take away, and the test that must notice.
const PEOPLE = 'test/command/rules-of-approval-people.test.ts';
const DELEGATION = 'test/command/rules-of-approval-delegation.test.ts';
const CONTENT = 'test/command/rules-of-approval-content.test.ts';
const POLICY = 'test/command/rules-of-approval-policy.test.ts';
const EMERGENCY = 'test/command/rules-of-approval-emergency.test.ts';

const rules = 'src/approval/approval.rules.ts';
const findings = 'src/approval/vote-findings.rules.ts';
const delegation = 'src/approval/delegation.rules.ts';
const breakGlass = 'src/approval/break-glass.rules.ts';
const links = 'src/approval/vote-link.rules.ts';

/** One piece of text that is replaced; it must stand in the file exactly once. */
const patch = (file, find, replace) => ({ file, find, replace });

export const RULE_GUARDS = [
  {
    name: 'rule 1: writers and owner are barred',
    test: [PEOPLE, 'rule 1:'],
    patches: [patch(rules, '[request.requesterId, ...ofRound, ...contributors].map', '[request.requesterId].map')],
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
    name: 'rule 4: what the client misses elsewhere counts',
    test: [POLICY, 'rule 4:'],
    patches: [
      patch(
        'src/margin/materiality.rules.ts',
        'missing + prior > BigInt(limit.shortfallMinor)',
        'missing > BigInt(limit.shortfallMinor)',
      ),
    ],
  },
  {
    name: 'rule 4: at the recorded rate',
    test: [POLICY, 'rule 4: by deal type'],
    patches: [
      patch(
        'src/margin/materiality.rules.ts',
        'if (currency === tenant) return minor;\n  if (!rate) return null;',
        'return minor;',
      ),
    ],
  },
  {
    name: 'rule 4: by deal type',
    test: [POLICY, 'rule 4: by deal type'],
    patches: [
      patch(
        'src/catalogue/policy.rules.ts',
        'return { ...rule, ...rule.byDealType?.[dealType] };',
        'return dealType ? rule : rule;',
      ),
    ],
  },
  {
    name: 'rule 4: as the terms are now',
    test: [POLICY, 'rule 4: terms that grow'],
    patches: [
      patch(
        'src/margin/exception.effects.ts',
        'request.kind === MARGIN_EXCEPTION && followsContent',
        'request.kind === null && followsContent',
      ),
    ],
  },
  {
    name: 'rule 5: votes are for one round, digest and revision',
    test: [CONTENT, 'rule 5:'],
    patches: [
      patch(
        rules,
        'vote.round === round &&\n        vote.digest === digest &&\n        vote.contentRevision === contentRevision,',
        'round > 0 && digest !== null && contentRevision > 0,',
      ),
    ],
  },
  {
    name: 'rule 5: what you see is what you sign',
    test: [CONTENT, 'rule 5: a vote names'],
    patches: [patch(findings, 'if (digest !== request.digest) {', 'if (digest === null) {')],
  },
  {
    name: 'rule 6: time denies',
    test: [CONTENT, 'rule 6:'],
    patches: [
      patch(
        'src/approval/deadline.rules.ts',
        'return isOpenState(state) && expiresAt <= now;',
        'return isOpenState(state) && expiresAt < new Date(now.getTime() - 1e12);',
      ),
    ],
  },
  {
    name: 'rule 6: an approval lapses',
    test: [CONTENT, 'rule 6: an approval'],
    patches: [
      patch(
        'src/approval/grant.rules.ts',
        '&& grant.grantedAt <= now && now < grant.expiresAt;',
        '&& grant.grantedAt <= now;',
      ),
    ],
  },
  {
    name: 'rule 6: a change does not prolong',
    test: [CONTENT, 'rule 6: a change'],
    patches: [
      patch(
        'src/approval/approval.effects.ts',
        '...(request.state === ApprovalState.PENDING ? {} : deadlines(request, change.workingTimes, moment.now)),',
        '...deadlines(request, change.workingTimes, moment.now),',
      ),
    ],
  },
  {
    name: 'rule 7: the requester alone withdraws',
    test: [CONTENT, 'rule 7: the requester'],
    patches: [
      patch(
        'src/approval/request.rules.ts',
        'if (standing.canonicalOf(actor.id) !== standing.canonicalOf(request.requesterId)) {',
        'if (standing.canonicalOf(actor.id) === null) {',
      ),
    ],
  },
  {
    name: 'rule 7: until the effect',
    test: [CONTENT, 'rule 7: an approval'],
    patches: [
      patch(findings, 'if (request.state === ApprovalState.USED) {', 'if (request.state === null) {'),
      patch(
        findings,
        'request.state !== ApprovalState.PENDING && request.state !== ApprovalState.APPROVED) {',
        'request.state === null) {',
      ),
    ],
  },
  {
    name: 'rule 7: counted anew at the effect',
    test: [CONTENT, 'rule 7: the effect'],
    patches: [
      patch(
        'src/approval/grant.rules.ts',
        'if (stands({ ...facts, request }, grant, question.need, now)) return',
        'if (stands !== null) return',
      ),
    ],
  },
  {
    name: 'rule 7: in the database, one use',
    test: [CONTENT, 'rule 7: the database'],
    patches: [
      patch(
        'migrations/0023-approval-engine.ts',
        'constraint approval_use_once unique (tenant_id, request_id, round),',
        '',
      ),
    ],
  },
  {
    name: 'rule 8: a rejection ends it',
    test: [CONTENT, 'rule 8: one'],
    patches: [
      patch(rules, 'if (new Set(rejecting).size >= request.need.rejections) return ApprovalState.REJECTED;', ''),
    ],
  },
  {
    name: 'rule 8: a rejection is not taken back',
    test: [CONTENT, 'rule 8: so many'],
    patches: [patch(findings, 'vote.decision !== VoteDecision.REJECT &&', '')],
  },
  {
    name: 'rule 8: a reason is given',
    test: [CONTENT, 'rule 8: one'],
    patches: [
      patch(
        'src/approval/approval.input.ts',
        "@Length(3, 2000)\n  @Field(() => String, { description: 'Why, in 3 to 2000 characters.' })\n  reason: string;\n\n  @Matches",
        "@Field(() => String, { description: 'Why, in 3 to 2000 characters.' })\n  reason: string;\n\n  @Matches",
      ),
    ],
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
    name: 'rule 9: votes of an ended one fall',
    test: [DELEGATION, 'rule 9: ends at once'],
    patches: [patch(rules, 'return !endedEarly && !hands.some', 'return endedEarly !== null && !hands.some')],
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
  {
    name: 'rule 11: when a request opens',
    test: [POLICY, 'rule 11: is refused when a request'],
    patches: [
      patch(
        'src/approval/request.rules.ts',
        'return quorums.flatMap((quorum) =>\n    seat',
        'return quorums.slice(quorums.length).flatMap((quorum) =>\n    seat',
      ),
    ],
  },
  {
    name: 'rule 11: when a file is read',
    test: [POLICY, 'rule 11: is refused when a policy'],
    patches: [
      patch(
        'src/catalogue/approval.faults.ts',
        '...quorumFaults(people, level, path),\n  ];',
        '...quorumFaults(people, level, path).slice(99),\n  ];',
      ),
    ],
  },
  {
    name: 'rule 11: when a policy is saved',
    test: [POLICY, 'rule 11: is refused when a policy'],
    patches: [patch('src/governance/propose.command.ts', '...reachFindings(stored, standing, handleIds),', '')],
  },
  {
    name: 'rule 12: an empty list is nobody',
    test: [EMERGENCY, 'rule 12: an empty'],
    patches: [
      patch(
        breakGlass,
        'if (!listed(facts).includes(own)) {',
        'if (request.breakGlass !== null && !listed(facts).includes(own)) {',
      ),
    ],
  },
  {
    name: 'rule 12: two where two can be had',
    test: [EMERGENCY, 'rule 12: two'],
    patches: [
      patch(
        breakGlass,
        'declared >= Math.min(facts.request.breakGlass?.approvers ?? Infinity, possible)',
        'possible > 0',
      ),
    ],
  },
  {
    name: 'rule 12: an alert at once',
    test: [EMERGENCY, 'rule 12: two'],
    patches: [
      patch(
        'src/approval/break-glass.commands.ts',
        '[...castStatements(vote), alert.statement]',
        '[...castStatements(vote)]',
      ),
    ],
  },
  {
    name: 'rule 12: a short life',
    test: [EMERGENCY, 'rule 12: two'],
    patches: [
      patch(
        'src/approval/break-glass.commands.ts',
        'approvers: declarers.length, expiresAt };',
        'approvers: declarers.length };',
      ),
    ],
  },
  {
    name: 'rule 12: reviewed by somebody else',
    test: [EMERGENCY, 'rule 12: somebody'],
    patches: [patch(breakGlass, 'if (hands.has(canonicalOf(actor.id)))', 'if (hands.has(""))')],
  },
  {
    name: 'rule 12: no other before the review',
    test: [EMERGENCY, 'rule 12: who has'],
    patches: [patch(breakGlass, 'if (overdue.length > 0) {', 'if (overdue.length > 99) {')],
  },
  {
    name: 'rule 13: what was tightened holds',
    test: [POLICY, 'rule 13: a tightened'],
    patches: [
      patch('src/margin/margin.gate.ts', 'need: bothNeeds(pinned, present)!,', 'need: present ? pinned : pinned,'),
    ],
  },
  {
    name: 'rule 13: what was loosened does not',
    test: [POLICY, 'rule 13: a loosened'],
    patches: [
      patch('src/margin/margin.gate.ts', 'need: bothNeeds(pinned, present)!,', 'need: pinned ? present : present,'),
      patch('src/approval/grant.rules.ts', 'need: both(facts.request.need, need)', 'need: both(need, need)'),
      patch(
        'src/approval/approval.rules.ts',
        'return reaches(request.need, candidatesOf(facts, now)) ?',
        'return reaches({ quorums: [] }, candidatesOf(facts, now)) ?',
      ),
    ],
  },
  {
    name: 'rule 13: never by who proposes',
    test: [POLICY, 'rule 13: a change'],
    patches: [
      patch(findings, 'if (canonical === standing.canonicalOf(request.requesterId)) {', 'if (canonical === null) {'),
    ],
  },
  {
    name: 'rule 13: in the database, the pinned policy',
    test: [POLICY, 'rule 13: what a request'],
    patches: [
      patch(
        'migrations/0023-approval-engine.ts',
        'grant update (need, strictest, decide_by, working_times) on',
        'grant update (need, strictest, decide_by, working_times, policy) on',
      ),
    ],
  },
  {
    name: 'rule 14: a fresh sign-in',
    test: [EMERGENCY, 'rule 14: above'],
    patches: [
      patch(findings, 'if (freshSignInMinutes !== null) findings.push', 'if (freshSignInMinutes === -1) findings.push'),
    ],
  },
  {
    name: 'rule 14: a token that does not say when',
    test: [EMERGENCY, 'rule 14: above'],
    patches: [
      patch(
        findings,
        'if (authTime === null || authTime.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) {',
        'if (authTime === null) return [];\n  if (authTime.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) {',
      ),
    ],
  },
  {
    name: 'rule 14: an emergency always',
    test: [EMERGENCY, 'rule 14: below'],
    patches: [
      patch(
        breakGlass,
        'findings.push(...freshnessFindings(minutes, actor, now));',
        'if (minutes < 0) findings.push(...freshnessFindings(minutes, actor, now));',
      ),
    ],
  },
  {
    name: 'rule 15: for its person alone',
    test: [EMERGENCY, 'rule 15: a link opens'],
    patches: [
      patch(
        links,
        'if (canonicalOf(actorId) !== canonicalOf(link.personId)) {',
        'if (canonicalOf(actorId) === null) {',
      ),
    ],
  },
  {
    name: 'rule 15: with its secret',
    test: [EMERGENCY, 'rule 15: a link opens'],
    patches: [patch(links, 'if (!link || !request || !genuine) {', 'if (!link || !request) {')],
  },
  {
    name: 'rule 15: once',
    test: [EMERGENCY, 'rule 15: a link opens'],
    patches: [patch(links, 'if (link.usedAt !== null) {', 'if (link.usedAt === undefined) {')],
  },
  {
    name: 'rule 15: for its content',
    test: [EMERGENCY, 'rule 15: a link is for'],
    patches: [patch(links, 'if (link.round !== round ||', 'if (link.round < 0 && link.round !== round ||')],
  },
  {
    name: 'rule 16: a key repeats nothing',
    test: [CONTENT, 'rule 16: a vote'],
    patches: [patch('src/core/pipeline.ts', 'if (remembered) return {', 'if (remembered === undefined) return {')],
  },
  {
    name: 'rule 16: counted under the lock',
    test: [CONTENT, 'rule 16: votes at once'],
    patches: [
      patch(
        'src/approval/approval.queries.ts',
        "selectRequired(ApprovalRequest, id, { lock: 'UPDATE' });",
        'selectRequired(ApprovalRequest, id);',
      ),
    ],
  },
  {
    name: 'rule 16: used once',
    test: [CONTENT, 'rule 16: votes at once'],
    patches: [
      patch(
        'src/approval/grant.rules.ts',
        'if (used) return request.state === ApprovalState.USED;',
        'if (used) return false;',
      ),
    ],
  },
];
