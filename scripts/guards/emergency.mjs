// What upholds rules 12 and 14 of approval: the text to take away, and the test that must notice.
import { patch } from './patch.mjs';

const EMERGENCY = 'test/command/rules-of-approval-emergency.test.ts';
const findings = 'src/approval/vote-findings.rules.ts';
const breakGlass = 'src/approval/break-glass.rules.ts';

export const EMERGENCY_GUARDS = [
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
      patch(breakGlass, 'Math.min(facts.request.breakGlass?.approvers ?? Infinity, possible)', 'Math.min(1, possible)'),
    ],
  },
  {
    name: 'rule 12: with a ticket',
    test: [EMERGENCY, 'rule 12: a reason'],
    patches: [
      patch(
        'src/approval/approval.input.ts',
        "@Matches(/^[\\w./#-]{2,60}$/, { message: 'ticket is 2 to 60 letters, digits and the signs . / # - _' })\n",
        '',
      ),
    ],
  },
  {
    name: 'rule 12: sampled every month',
    test: [EMERGENCY, 'rule 12: is in what'],
    patches: [
      patch(
        'src/audit/population.queries.ts',
        "where a.population = 'OVERRIDES' and r.kind <>",
        "where a.population = 'OVERRIDES' and g.way <> 'BREAK_GLASS' and r.kind <>",
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
        'approvers: backersOf(counted).length, expiresAt };',
        'approvers: backersOf(counted).length };',
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
];
