// What upholds rule 17 of approval: the text to take away, and the test that must notice.
import { patch } from './patch.mjs';

const EVIDENCE = 'test/command/rules-of-approval-evidence.test.ts';
const files = 'src/audit/pack.files.ts';
const facts = 'src/audit/pack.facts.ts';

export const EVIDENCE_GUARDS = [
  {
    name: 'rule 17: the exact content',
    test: [EVIDENCE, 'rule 17: has the request'],
    patches: [
      patch(
        facts,
        'content: canonicalJson({ dealTermsDigest, serviceTemplate, dealType })',
        'content: JSON.stringify({ serviceTemplate, dealType, dealTermsDigest })',
      ),
    ],
  },
  {
    name: 'rule 17: the policy',
    test: [EVIDENCE, 'rule 17: has the policy'],
    patches: [
      patch(
        files,
        "...(policy ? { 'policy.json': policy.content } : {}),",
        "...(policy ? { 'policy.json': policy.content.trimEnd().slice(1) } : {}),",
      ),
    ],
  },
  {
    name: 'rule 17: eligibility at every vote',
    test: [EVIDENCE, 'rule 17: has each'],
    patches: [
      patch(
        facts,
        'for (const [index, vote] of votes.entries()) {',
        'for (const [index, vote] of votes.slice(1).entries()) {',
      ),
    ],
  },
  {
    name: 'rule 17: the effect',
    test: [EVIDENCE, 'rule 17: has votes'],
    patches: [
      patch(
        files,
        'approvedBeforeEffect: history.grants.some((grant) => grant.id === grantId && grant.grantedAt <= usedAt),',
        'approvedBeforeEffect: null,',
      ),
    ],
  },
  {
    name: 'rule 17: the links',
    test: [EVIDENCE, 'rule 17: has the links'],
    patches: [patch(files, 'documentUrl: one.documentUrl,', 'documentUrl: null,')],
  },
  {
    name: 'rule 17: for auditors alone',
    test: [EVIDENCE, 'rule 17: is for auditors'],
    patches: [
      patch(
        'src/audit/audit.abilities.ts',
        "grant([AUDITOR], 'pack', 'AuditExport');",
        "grant(PERSON_ROLES, 'pack', 'AuditExport');",
      ),
    ],
  },
  {
    name: 'rule 17: refused attempts too',
    test: [EVIDENCE, 'rule 17: has the ledger'],
    patches: [
      patch(
        facts,
        'where e.tenant_id = $1 and (e.subject_id = $2',
        "where e.tenant_id = $1 and e.outcome = 'DONE' and (e.subject_id = $2",
      ),
    ],
  },
];
