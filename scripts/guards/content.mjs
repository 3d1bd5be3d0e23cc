// What upholds rules 5, 6, 7, 8 and 16 of approval: the text to take away, and the test that must notice.
import { patch } from './patch.mjs';

const CONTENT = 'test/command/rules-of-approval-content.test.ts';
const TERMS = 'test/command/rules-of-approval-terms.test.ts';
const rules = 'src/approval/approval.rules.ts';
const findings = 'src/approval/vote-findings.rules.ts';

export const CONTENT_GUARDS = [
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
    name: 'rule 5: everything that governs is in the digest',
    test: [TERMS, 'rule 5:'],
    patches: [
      patch(
        'src/handoff/handoff.rules.ts',
        'return digestOf({ dealTermsDigest, serviceTemplate, dealType });',
        'return digestOf(dealType ? { dealTermsDigest, serviceTemplate } : {});',
      ),
    ],
  },
  {
    name: 'rule 5: and nothing else is',
    test: [TERMS, 'rule 5:'],
    patches: [
      patch(
        'src/deal/halopsa.rules.ts',
        '{ termsDigest: digestOfTerms(terms), rawDigest',
        '{ termsDigest: digestOfTerms({ ...terms, raw } as never), rawDigest',
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
    name: 'rule 6: in working hours',
    test: [TERMS, 'rule 6: both'],
    patches: [
      patch(
        'src/margin/margin.commands.ts',
        'workingTimes: (from, hours) => workingTimesFrom(configuration.calendar, from, hours),',
        'workingTimes: (from, hours) => [{ from: from.toISOString(), to: new Date(from.getTime() + hours * 3_600_000).toISOString() }],',
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
        'if (stands({ ...facts, request }, grant, question, now)) return',
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
    name: 'rule 16: a key repeats nothing',
    test: [CONTENT, 'rule 16: a vote'],
    patches: [patch('src/core/pipeline.ts', 'if (remembered) {', 'if (remembered === undefined) {')],
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
