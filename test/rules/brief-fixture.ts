import type { BriefFacts } from '../../src/brief/brief.facts.js';
import { quoteLine } from './project-fixture.js';

const HASH = 'a'.repeat(64);

/** The facts of a handoff in review; `parts` replaces some. */
export function briefFacts(parts: Partial<BriefFacts> = {}): BriefFacts {
  return {
    handoff: {
      number: 'H-2205',
      owner: 'sofia.sales',
      deliveryManager: 'dora.delivery',
      serviceTemplate: 'Managed network',
      dealType: 'NEW_BUSINESS',
      tier: 'STANDARD',
      startOn: '2026-12-21',
      pendingContract: false,
      context: 'A law firm with two offices',
      communicationPreferences: 'Mail, before noon',
      billingTerms: 'Net 30',
      paymentSchedule: null,
      specialTerms: null,
      answers: [{ question: 'Is data migrated?', answer: 'Yes.' }],
    },
    deal: {
      client: 'Acme Ltd',
      title: 'Network refresh',
      reference: 'HALOPSA 2205',
      revision: 2,
      termsDigest: HASH,
      currency: 'GBP',
      lines: [
        quoteLine(),
        quoteLine({
          position: 2,
          kind: 'SERVICE',
          billing: 'RECURRING',
          billingPeriod: 'MONTHLY',
          periods: 36,
          totalMinor: '150000',
        }),
      ],
      purchaseOrder: 'PO-7',
      wonOn: '2026-11-20',
    },
    configuration: { title: 'configuration version 1', url: null, hash: HASH },
    statements: [
      { kind: 'IN_SCOPE', text: 'Two switches', source: 'SOW 3.1', dueOn: null },
      { kind: 'DEVIATION', text: 'Night work', source: 'https://example.com/mail', dueOn: null },
      { kind: 'OUT_OF_SCOPE', text: 'Cabling', source: 'SOW 3.2', dueOn: null },
      { kind: 'PROMISED_TIMELINE', text: 'Live before Christmas', source: 'call', dueOn: '2026-12-24' },
    ],
    assumptions: [
      { state: 'REFUTED', text: 'Racks are free', source: 'survey', impact: 'new rack', resolution: 'Order one' },
    ],
    risks: [
      { level: 'LOW', text: 'Snow', source: 'SOW', mitigation: null },
      { level: 'CRITICAL', text: 'One engineer', source: 'call', mitigation: 'Train a second' },
    ],
    stakeholders: [
      {
        id: 'piet',
        side: 'PROVIDER',
        role: 'PROJECT_LEAD',
        name: 'Piet Lead',
        title: null,
        email: null,
        phone: null,
        notes: null,
      },
      {
        id: 'ada',
        side: 'CLIENT',
        role: 'PRIMARY_CONTACT',
        name: 'Ada Client',
        title: 'CIO',
        email: 'ada@acme.test',
        phone: null,
        notes: null,
      },
    ],
    commitments: [
      {
        text: 'Free training',
        source: 'call of 3 November',
        verbal: true,
        madeOn: '2026-11-03',
        madeBy: 'sofia.sales',
        promisedTo: 'Ada Client',
        dueOn: '2026-12-31',
        outcome: 'TASK',
        reference: 'Training task',
        reason: null,
      },
    ],
    nothingPromisedBy: null,
    decisions: [
      {
        number: 'D-1',
        question: 'Who orders the rack?',
        blocking: true,
        owner: 'dora.delivery',
        escalation: 'liam.lead',
        dueOn: '2026-12-01',
        source: { title: 'decision D-1', url: null, hash: null },
      },
    ],
    evidence: [
      {
        item: 'Signed scope',
        status: 'VERIFIED',
        notApplicable: null,
        document: { title: 'SOW.pdf', url: 'https://files.test/sow.pdf', hash: HASH },
        signers: [{ name: 'Ada Client', signedOn: '2026-11-19' }],
      },
      {
        item: 'Purchase order',
        status: 'NOT_APPLICABLE',
        notApplicable: 'Paid in advance',
        document: null,
        signers: [],
      },
    ],
    guardrails: [{ text: 'Nothing further is given away.', source: { title: 'approval', url: null, hash: HASH } }],
    project: {
      number: 'P-2205',
      startOn: '2026-12-21',
      targetOn: '2027-03-01',
      lead: null,
      milestones: [
        { name: 'Build', startOn: '2026-12-21', targetOn: '2027-01-20' },
        { name: 'Go live', startOn: '2027-02-01', targetOn: '2027-03-01' },
      ],
      tasks: [
        {
          title: 'Order',
          ownerRole: 'DELIVERY_MANAGER',
          owner: null,
          dueOn: '2026-12-22',
          conditionNote: 'Is data migrated? Yes.',
        },
      ],
      source: { title: 'task pack network 1.0', url: null, hash: HASH },
    },
    baseline: {
      version: 1,
      currency: 'GBP',
      contentDigest: HASH,
      lines: [{ label: 'Project labour', hours: '10', priceMinor: 100_000n }],
    },
    ...parts,
  };
}
