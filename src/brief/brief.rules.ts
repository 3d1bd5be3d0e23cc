import { dayAfter } from '../core/local-day.js';
import { formatMoney } from '../core/money.js';
import { contractPeriods, contractValue, type TermsLine } from '../deal/terms.rules.js';
import type { BriefDocument, BriefSection, BriefStatement } from './brief.document.js';
import type { BriefFacts, EvidenceFact, TaskFact } from './brief.facts.js';
import { dealSource, handoffSource, lineSource, sectionOf, statement, written, words } from './brief.sources.js';

/** Which version of the brief, and when it was generated. */
export interface BriefEdition {
  readonly version: number;
  readonly generatedAt: Date;
}

const FIRST_DAYS = 30;

/**
 * The handoff document (requirement 002 step 3; documents 000, 003 and 004): a small structured model in which every
 * statement has its source. What is not known is said to be not known: a section without statements gives its reason.
 */
export function composeBrief(facts: BriefFacts, { version, generatedAt }: BriefEdition): BriefDocument {
  return {
    title: `Handoff brief ${facts.handoff.number}: ${facts.deal.client}, ${facts.deal.title}`,
    version,
    generatedAt: generatedAt.toISOString(),
    sections: [
      sold(facts),
      stated(
        facts,
        'scope',
        'Scope and deviations',
        ['IN_SCOPE', 'DEVIATION'],
        'No scope statement or deviation was recorded.',
      ),
      stated(facts, 'out-of-scope', 'Out-of-scope boundaries', ['OUT_OF_SCOPE'], 'No boundary was recorded.'),
      commercial(facts),
      commitments(facts),
      assumptions(facts),
      risks(facts),
      stated(facts, 'dependencies', 'Dependencies', ['DEPENDENCY'], 'No dependency was recorded.'),
      stated(
        facts,
        'acceptance',
        'Acceptance criteria',
        ['ACCEPTANCE_CRITERION'],
        'No acceptance criterion was recorded.',
      ),
      stated(facts, 'timelines', 'Promised timelines', ['PROMISED_TIMELINE'], 'No date was promised.'),
      stated(
        facts,
        'integrations',
        'Integration constraints and technical requirements',
        ['INTEGRATION_CONSTRAINT', 'TECHNICAL_REQUIREMENT'],
        'None was recorded.',
      ),
      stakeholders(facts),
      plan(facts),
      firstDays(facts),
      budget(facts),
      evidence(facts),
      decisions(facts),
    ],
  };
}

function sold(facts: BriefFacts): BriefSection {
  const { deal, handoff, configuration } = facts;
  const classified = `${handoff.serviceTemplate}, ${words(handoff.dealType)}, tier ${words(handoff.tier)}.`;
  return sectionOf('sold', 'What was sold', 'The quotation has no lines.', [
    statement(
      `${deal.client}: ${deal.title} (${deal.reference}).${deal.wonOn === null ? '' : ` Won on ${deal.wonOn}.`}`,
      dealSource(deal),
    ),
    statement(classified, configuration),
    ...(handoff.pendingContract ? [statement(PENDING_CONTRACT, handoffSource(handoff))] : []),
    ...deal.lines.map((line) => statement(lineText(line, deal.currency), lineSource(deal, line))),
    ...(handoff.context === null ? [] : [statement(`Context: ${handoff.context}`, handoffSource(handoff))]),
    ...facts.statements
      .filter(({ kind }) => kind === 'BUSINESS_OBJECTIVE')
      .map((one) => written(`Objective: ${one.text}`, one, handoff)),
    ...handoff.answers.map(({ question, answer }) => statement(`${question} ${answer}`, handoffSource(handoff))),
  ]);
}

const PENDING_CONTRACT =
  'Pending contract: delivery reviews before the signature; no sign-off and no client date until the contract is signed.';

function lineText(line: TermsLine, currency: string): string {
  const total = `${formatMoney({ minor: BigInt(line.totalMinor), currency })} ${currency}`;
  const { description, quantity, billing, billingPeriod, periods } = line;
  if (billing === 'ONE_OFF') return `${quantity} x ${description}: ${total}, one-off.`;
  const every = billingPeriod === null ? 'a billing period' : words(billingPeriod);
  const term =
    periods === null
      ? `no agreed term, counted for ${contractPeriods(line)} billing periods`
      : `${periods} billing periods`;
  return `${quantity} x ${description}: ${total} ${every}, ${term}.`;
}

/** Statements of some kinds, in the order in which the kinds are named. */
function stated(
  facts: BriefFacts,
  key: string,
  title: string,
  kinds: readonly string[],
  whenEmpty: string,
): BriefSection {
  const found = kinds.flatMap((kind) => facts.statements.filter((one) => one.kind === kind));
  return sectionOf(
    key,
    title,
    whenEmpty,
    found.map((one) => {
      const label = kinds.length > 1 ? `${sentenceCase(words(one.kind))}: ` : '';
      return written(`${label}${one.text}${one.dueOn === null ? '' : ` (${one.dueOn})`}`, one, facts.handoff);
    }),
  );
}

function commercial({ deal, handoff, guardrails, statements }: BriefFacts): BriefSection {
  const { revenueMinor } = contractValue(deal.lines);
  const value = formatMoney({ minor: revenueMinor, currency: deal.currency });
  const terms: [string, string | null][] = [
    ['Billing terms', handoff.billingTerms],
    ['Payment schedule', handoff.paymentSchedule],
    ['Special terms', handoff.specialTerms],
  ];
  return sectionOf('commercial', 'Commercial guardrails and terms', 'None was recorded.', [
    statement(`Contract value over the agreed terms: ${value} ${deal.currency}.`, dealSource(deal)),
    ...(deal.purchaseOrder === null ? [] : [statement(`Purchase order: ${deal.purchaseOrder}.`, dealSource(deal))]),
    ...guardrails.map(({ text, source }) => statement(text, source)),
    ...statements.filter(({ kind }) => kind === 'COMMERCIAL_GUARDRAIL').map((one) => written(one.text, one, handoff)),
    ...terms.map(([name, text]) =>
      text === null
        ? statement(`${name}: not recorded.`, { label: `handoff ${handoff.number}, left empty`, url: null, hash: null })
        : statement(`${name}: ${text}`, handoffSource(handoff)),
    ),
  ]);
}

function commitments({ commitments: made, nothingPromisedBy, handoff }: BriefFacts): BriefSection {
  const title = 'Commitments, written and verbal, and what became of them';
  const declared =
    nothingPromisedBy === null
      ? []
      : [
          statement(
            'Nothing was promised beside the contract.',
            handoffSource({ ...handoff, owner: nothingPromisedBy }),
          ),
        ];
  return sectionOf('commitments', title, 'Nobody has said what was promised beside the contract.', [
    ...declared,
    ...made.map((one): BriefStatement => {
      const due = one.dueOn === null ? '' : ` Due ${one.dueOn}.`;
      const outcome = [words(one.outcome), one.reference, one.reason].filter((part) => part !== null).join(', ');
      const text = `${one.verbal ? 'Verbal' : 'Written'}, ${one.madeOn}: ${sentence(one.text)}${due} Outcome: ${sentence(outcome)}`;
      return { ...written(text, one, { ...handoff, owner: one.madeBy }), personal: `promised to ${one.promisedTo}` };
    }),
  ]);
}

function assumptions({ assumptions: made, handoff }: BriefFacts): BriefSection {
  return sectionOf(
    'assumptions',
    'Assumptions with their state',
    'No assumption was recorded.',
    made.map((one) => {
      const impact = one.impact === null ? '' : ` If false: ${sentence(one.impact)}`;
      const resolution = one.resolution === null ? '' : ` Resolution: ${sentence(one.resolution)}`;
      return written(`${one.state}: ${sentence(one.text)}${impact}${resolution}`, one, handoff);
    }),
  );
}

const LEVELS = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'];

function risks({ risks: named, handoff }: BriefFacts): BriefSection {
  const worstFirst = named.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
  return sectionOf(
    'risks',
    'Risk flags',
    'No risk was recorded.',
    worstFirst.map((one) =>
      written(
        `${one.level}: ${sentence(one.text)} Mitigation: ${sentence(one.mitigation ?? 'none recorded')}`,
        one,
        handoff,
      ),
    ),
  );
}

function stakeholders({ stakeholders: people, handoff }: BriefFacts): BriefSection {
  const preferences = handoff.communicationPreferences;
  return sectionOf(
    'stakeholders',
    'Stakeholders on both sides and how to speak to them',
    'No stakeholder was recorded.',
    [
      ...(['CLIENT', 'PROVIDER'] as const).flatMap((side) =>
        people
          .filter((one) => one.side === side)
          .map(({ id, role, name, title, email, phone, notes }): BriefStatement => {
            const personal = [name, title, email, phone, notes].filter((part) => part !== null).join(', ');
            const whose = side === 'CLIENT' ? 'Client' : 'Provider';
            return { text: `${whose}, ${words(role)}`, personal, about: id, source: handoffSource(handoff) };
          }),
      ),
      ...(preferences === null
        ? []
        : [{ ...statement('Communication preferences', handoffSource(handoff)), personal: preferences }]),
      statement(
        `Sales owner: ${handoff.owner}. Delivery manager: ${handoff.deliveryManager ?? 'not named yet'}.`,
        handoffSource(handoff),
      ),
    ],
  );
}

const NO_PROJECT = 'There is no project yet: the handoff has not passed the submit gate.';

function plan({ project }: BriefFacts): BriefSection {
  if (!project) return sectionOf('plan', 'Project plan with milestones', NO_PROJECT, []);
  const { number, startOn, targetOn, lead, milestones, tasks, source } = project;
  return sectionOf('plan', 'Project plan with milestones', NO_PROJECT, [
    statement(`Project ${number}: ${startOn} to ${targetOn}. Project lead: ${lead ?? 'not named yet'}.`, source),
    ...milestones.map((one) => statement(`Milestone ${one.name}: ${one.startOn} to ${one.targetOn}.`, source)),
    ...tasks.map((one) => statement(taskText(one), source)),
  ]);
}

function taskText({ title, dueOn, ownerRole, owner, conditionNote }: TaskFact): string {
  const who = owner === null ? words(ownerRole) : `${owner} (${words(ownerRole)})`;
  return `Task: ${title}; due ${dueOn}, ${who}.${conditionNote === null ? '' : ` ${conditionNote}`}`;
}

/** Document 000: the digest names the first 30-day milestones. */
function firstDays({ project }: BriefFacts): BriefSection {
  const title = `Milestones of the first ${FIRST_DAYS} days`;
  if (!project) return sectionOf('first-days', title, NO_PROJECT, []);
  const until = dayAfter(project.startOn, FIRST_DAYS);
  const soon = project.milestones.filter(({ targetOn }) => targetOn <= until);
  return sectionOf(
    'first-days',
    title,
    `No milestone is due by ${until}.`,
    soon.map((one) => statement(`${one.name}: due ${one.targetOn}.`, project.source)),
  );
}

function budget({ baseline }: BriefFacts): BriefSection {
  const title = 'Budget baseline by type';
  if (!baseline) return sectionOf('budget', title, 'There is no budget baseline yet.', []);
  const { version, currency, contentDigest, lines } = baseline;
  const source = { title: `Budget baseline version ${version}`, url: null, hash: contentDigest };
  return sectionOf(
    'budget',
    title,
    'The budget baseline has no lines.',
    lines.map(({ label, hours, priceMinor }) =>
      statement(
        `${label}: ${hours} hours, sold for ${formatMoney({ minor: priceMinor, currency })} ${currency}.`,
        source,
      ),
    ),
  );
}

function evidence({ evidence: items, configuration, handoff }: BriefFacts): BriefSection {
  const sourceOf = ({ document, notApplicable }: EvidenceFact) =>
    document ?? (notApplicable === null ? configuration : handoffSource(handoff));
  return sectionOf(
    'evidence',
    'Checklist evidence',
    'The handoff has no checklist.',
    items.map((one): BriefStatement => {
      const reason = one.notApplicable === null ? '' : ` Reason: ${sentence(one.notApplicable)}`;
      const signers = one.signers.map(
        ({ name, signedOn }) => `${name}${signedOn === null ? ', not signed' : `, ${signedOn}`}`,
      );
      const personal = signers.length > 0 ? `signers: ${signers.join('; ')}` : null;
      return { ...statement(`${one.item}: ${words(one.status)}.${reason}`, sourceOf(one)), personal };
    }),
  );
}

function decisions({ decisions: log }: BriefFacts): BriefSection {
  return sectionOf(
    'decisions',
    'Open decisions',
    'No decision is open.',
    log.map((one) => {
      const who = `owner ${one.owner ?? 'not named'}, due ${one.dueOn}, escalates to ${one.escalation ?? 'nobody named'}`;
      return statement(
        `${one.number}${one.blocking ? ' (blocks the kickoff)' : ''}: ${sentence(one.question)} ${sentenceCase(who)}.`,
        one.source,
      );
    }),
  );
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The text with a full stop, unless it has its own end. */
const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);
