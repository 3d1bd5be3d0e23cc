// What upholds rules 4, 11 and 13 of approval: the text to take away, and the test that must notice.
import { patch } from './patch.mjs';

const POLICY = 'test/command/rules-of-approval-policy.test.ts';
const findings = 'src/approval/vote-findings.rules.ts';

export const POLICY_GUARDS = [
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
    name: 'rule 13: what was tightened holds',
    test: [POLICY, 'rule 13: a tightened'],
    patches: [
      patch('src/margin/margin.gate.ts', 'need: bothNeeds(pinned, present)!,', 'need: present ? pinned : pinned,'),
    ],
  },
  {
    name: 'rule 13: emergencies too',
    test: [POLICY, 'rule 13: who may no longer'],
    patches: [
      patch(
        'src/margin/materiality.rules.ts',
        'termsOfPolicy(ruling, handleIds));',
        'termsOfPolicy(ruling ? pinned : pinned, handleIds));',
      ),
    ],
  },
  {
    name: 'rule 13: what was loosened does not',
    test: [POLICY, 'rule 13: a loosened'],
    patches: [
      patch('src/margin/margin.gate.ts', 'need: bothNeeds(pinned, present)!,', 'need: pinned ? present : present,'),
      patch('src/approval/grant.rules.ts', 'both(request.need, question.need)', 'both(question.need, question.need)'),
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
];
