// What upholds rule 15 of approval: the text to take away, and the test that must notice.
import { patch } from './patch.mjs';

const LINKS = 'test/command/rules-of-approval-links.test.ts';
const rules = 'src/approval/vote-link.rules.ts';
const queries = 'src/approval/vote-link.queries.ts';

export const LINK_GUARDS = [
  {
    name: 'rule 15: for its person alone',
    test: [LINKS, 'rule 15: a link opens for its person'],
    patches: [
      patch(
        rules,
        'if (canonicalOf(actorId) !== canonicalOf(link.personId)) {',
        'if (canonicalOf(actorId) === null) {',
      ),
    ],
  },
  {
    name: 'rule 15: with its secret',
    test: [LINKS, 'rule 15: a link opens with its secret'],
    patches: [
      patch(
        queries,
        "selectFirst(VoteLink, { id, secretHash }, { lock: 'UPDATE' });",
        "selectFirst(VoteLink, secretHash === null ? {} : { id }, { lock: 'UPDATE' });",
      ),
      patch(queries, 'l.id = $2 and l.secret_hash = $3)', 'l.id = $2 and $3::text is not null)'),
    ],
  },
  {
    name: 'rule 15: once',
    test: [LINKS, 'rule 15: a link opens once'],
    patches: [patch(rules, 'if (link.usedAt !== null) {', 'if (link.usedAt === undefined) {')],
  },
  {
    name: 'rule 15: once, however many at a time',
    test: [LINKS, 'rule 15: a link opens once'],
    patches: [
      patch(
        queries,
        "selectFirst(VoteLink, { id, secretHash }, { lock: 'UPDATE' });",
        'selectFirst(VoteLink, { id, secretHash });',
      ),
    ],
  },
  {
    name: 'rule 15: for its content',
    test: [LINKS, 'rule 15: a link opens the content'],
    patches: [
      patch(
        rules,
        'if (link.round !== round || link.digest !== digest || link.contentRevision !== contentRevision) {',
        'if (round < 0 && digest === null && contentRevision < 0) {',
      ),
    ],
  },
  {
    name: 'rule 15: for a working day',
    test: [LINKS, 'rule 15: a link opens for a working day'],
    patches: [patch(rules, 'if (link.expiresAt <= now) {', 'if (link.expiresAt === null) {')],
  },
  {
    name: 'rule 15: a captured key opens no other link',
    test: [LINKS, 'rule 15: a link is no sign-in'],
    patches: [
      patch('src/core/idempotency.ts', 'record.requestHash !== scope.requestHash', 'record.requestHash === null'),
    ],
  },
];
