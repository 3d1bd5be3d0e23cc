import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ChecklistItem } from '../../src/checklist/checklist.entity.js';
import { submitEvidence, verifyEvidence } from '../../src/checklist/evidence.commands.js';
import { Evidence, EvidenceForm } from '../../src/checklist/evidence.entity.js';
import { declareNoCommitments } from '../../src/commitment/commitment.commands.js';
import type { Command } from '../../src/core/command.js';
import { type Queries, select, selectRequired } from '../../src/core/statement.js';
import { openDecision, reassignDecision, resolveDecision } from '../../src/decision/decision.commands.js';
import { Decision, DecisionKind } from '../../src/decision/decision.entity.js';
import { pauseClocks, resumeClocks } from '../../src/escalation/escalation.commands.js';
import { ResourceBooking } from '../../src/feasibility/feasibility.entity.js';
import { addAssumption } from '../../src/handoff/assumption.commands.js';
import { Risk, Side, StakeholderRole, StatementKind } from '../../src/handoff/content.entity.js';
import { editHandoff } from '../../src/handoff/handoff.commands.js';
import { addResourceBooking } from '../../src/passage/plan.commands.js';
import { assignDeliveryManager } from '../../src/passage/assign.command.js';
import { DealType, Handoff } from '../../src/handoff/handoff.entity.js';
import type { HandoffChangeInput } from '../../src/handoff/handoff.input.js';
import { reviseRisk } from '../../src/handoff/risk.commands.js';
import { addStakeholder } from '../../src/handoff/stakeholder.commands.js';
import { addStatement } from '../../src/handoff/statement.commands.js';
import { approveIntroduction, recordIntroduction } from '../../src/introduction/introduction.commands.js';
import { introductionFacts } from '../../src/introduction/introduction.queries.js';
import { introductionText } from '../../src/introduction/introduction.rules.js';
import { closeHandoff, holdKickoff, scheduleKickoff } from '../../src/kickoff/kickoff.commands.js';
import { importDeal } from '../../src/passage/intake.commands.js';
import { Acceptance, GapCategory } from '../../src/passage/gate.entity.js';
import { returnHandoff, revokeSignOff, signOffFeasibility } from '../../src/passage/review.commands.js';
import { submitHandoff } from '../../src/passage/submit.command.js';
import { withdrawHandoff } from '../../src/passage/withdraw.command.js';
import { QualityReview, ReviewKind } from '../../src/quality/review.entity.js';
import { addReviewAction, completeReviewAction } from '../../src/quality/work.commands.js';
import type { Persona, World } from '../kit/world.js';
import type { OracleCalendar } from './calendar.js';
import type { Deed, Happening, Tale, ToldAction } from './scenario.js';
import { calendarOf } from './tenants.js';
import type { Stage } from './stage.js';

type Of<K extends Deed['kind']> = Extract<Deed, { kind: K }>;

const SAMPLE = readFileSync(resolve('samples/halopsa/managed-network-healthy.json'), 'utf8');
const VERIFIERS: Readonly<Record<string, string>> = { FINANCE_APPROVER: 'freda.finance' };

/** A deal as HaloPSA exports it: won or not, and each version of it a little dearer. */
function exported(deal: number, { wonAt, version }: Of<'IMPORT'>): string {
  const sample = JSON.parse(SAMPLE) as {
    opportunity: Record<string, unknown>;
    quotation: Record<string, unknown> & { lines: Record<string, number>[] };
  };
  const { opportunity, quotation } = sample;
  const client = { client_id: deal, client_name: `Client ${deal}` };
  const won = wonAt === null ? null : new Date(wonAt).toISOString();
  Object.assign(opportunity, client, { id: deal, dateclosed: won, oppconverteddate: won });
  if (won === null) Object.assign(opportunity, { status_name: 'Open', pipeline_stage_name: 'Proposal' });
  const dearer = 5 * version;
  const line = quotation.lines.find(({ id }) => id === 9001)!;
  line.baseprice! += dearer;
  line.net_total! += dearer * 16;
  const revenue = (quotation.revenue as number) + dearer * 16;
  Object.assign(quotation, client, { id: deal, ticket_id: deal, revenue, tax_total: (revenue * 2) / 10 });
  quotation.total = (revenue * 12) / 10;
  return JSON.stringify(sample);
}

/** Does to the handoffs of one tenant what their tales tell, by the commands that people run. */
export class Desk {
  private readonly people = new Map<string, Promise<Persona>>();
  private readonly papers = new Map<Tale, Paper>();
  private readonly actions = new Map<string, string>();
  private readonly calendar: OracleCalendar;

  constructor(private readonly stage: Stage) {
    this.calendar = calendarOf(stage.tenant);
  }

  /** Does one thing at its time; throws when it is refused and should not be, or the other way round. */
  async do(tale: Tale, happening: Happening): Promise<void> {
    const { at, kind } = happening;
    try {
      await this.act(tale, happening);
    } catch (error) {
      const told = `${this.stage.tenant.slug} H-${tale.deal}.${tale.ordinal} ${kind} at ${new Date(at).toISOString()}`;
      throw new Error(`${told}: ${(error as Error).message}`, { cause: error });
    }
  }

  private async act(tale: Tale, happening: Happening): Promise<void> {
    const [sales, delivery] = await Promise.all([this.as(tale.owner), this.as(tale.manager)]);
    if (happening.kind === 'IMPORT') return this.import(tale, happening, sales);
    const paper = await Paper.open(this.stage.world, this.papers.get(tale)!);
    const done = <I extends HandoffChangeInput, F extends Queries>(
      persona: Persona,
      command: Command<I, F>,
      input: Omit<I, keyof HandoffChangeInput>,
    ): Promise<string> => paper.done(persona, command, input);
    const date = (startsAt: number) => ({ startsAt: new Date(startsAt), durationMinutes: 45 });
    switch (happening.kind) {
      case 'PREPARE':
        return this.prepare(paper, happening, sales, delivery);
      case 'SUBMIT':
        return void (await done(sales, submitHandoff, {}));
      case 'RETURN': {
        const text = 'The spare firewall is not in the quote.';
        const gaps = [{ path: 'terms.lines', text, category: GapCategory.MAJOR_GAP }];
        return void (await done(delivery, returnHandoff, { gaps, verdict: Acceptance.NEEDS_REVISION }));
      }
      case 'SIGN_OFF':
        return this.signOff(paper, delivery);
      case 'REVOKE':
        return void (await done(delivery, revokeSignOff, { reason: 'The engineer has left.' }));
      case 'SCHEDULE':
        return void (await done(delivery, scheduleKickoff, date(happening.startsAt)));
      case 'TRY_SCHEDULE':
        return paper.refused(delivery, scheduleKickoff, date(happening.startsAt));
      case 'HOLD':
        return void (await done(delivery, holdKickoff, {}));
      case 'CLOSE': {
        const said = { accurate: true, surprises: '', expectationsMet: true };
        return void (await done(delivery, closeHandoff, said));
      }
      case 'WITHDRAW':
        return void (await done(sales, withdrawHandoff, { reason: 'The client has reopened the tender.' }));
      case 'APPROVE_INTRODUCTION':
        return void (await done(sales, approveIntroduction, { textSha256: await paper.introduction() }));
      case 'INTRODUCE': {
        const threadUrl = 'https://outlook.example/t/1';
        const introducedAt = happening.sentAt === null ? null : new Date(happening.sentAt);
        return void (await done(sales, recordIntroduction, { threadUrl, introducedAt }));
      }
      case 'PAUSE':
        return void (await done(sales, pauseClocks, { reason: 'The client asked us to wait.' }));
      case 'RESUME':
        return void (await done(sales, resumeClocks, {}));
      default:
        return this.decide(paper, happening, sales, delivery);
    }
  }

  private async import(tale: Tale, deed: Of<'IMPORT'>, sales: Persona): Promise<void> {
    const { dealType, deal } = tale;
    const asked = {
      payload: exported(deal, deed),
      serviceTemplate: 'managed-network',
      dealType: dealType as DealType,
      segment: null,
    };
    const handoffId = await sales.done(importDeal, asked);
    if (!this.papers.has(tale)) this.papers.set(tale, new Paper(this.stage.world, handoffId));
  }

  private async prepare(paper: Paper, deed: Of<'PREPARE'>, sales: Persona, delivery: Persona): Promise<void> {
    const source = 'Proposal v3, section 2';
    const owner = { side: Side.PROVIDER, role: StakeholderRole.ACCOUNT_OWNER, name: 'Sofia Marsh' };
    const texts = { communicationPreferences: 'By mail.', billingTerms: 'Thirty days net.', startOn: deed.startOn };
    await paper.done(sales, addStakeholder, owner);
    await paper.done(sales, editHandoff, texts);
    const statements = {
      [StatementKind.OUT_OF_SCOPE]: 'Cabling and telephony.',
      [StatementKind.ACCEPTANCE_CRITERION]: 'Every access point is monitored.',
      [StatementKind.DEPENDENCY]: 'The client clears the comms room.',
    };
    for (const [kind, text] of Object.entries(statements))
      await paper.done(sales, addStatement, { kind: kind as StatementKind, text, source });
    const text = deed.assumes ? 'The leased line stays until March.' : 'None: the site was surveyed in August.';
    await paper.done(sales, addAssumption, { text, source });
    if (deed.mitigates) await this.mitigate(paper, sales);
    const lead = await this.as('leah.lead');
    await paper.done(lead, assignDeliveryManager, { personId: delivery.actor.id });
    await paper.done(sales, declareNoCommitments, {});
    await this.prove(paper, sales, delivery);
  }

  private async mitigate(paper: Paper, sales: Persona): Promise<void> {
    const { risks } = await this.stage.world.read({ risks: select(Risk, { handoffId: paper.handoffId }) });
    const mitigation = 'A second feed is laid before the cut-over.';
    for (const { id: riskId } of risks) await paper.done(sales, reviseRisk, { riskId, mitigation });
  }

  private async prove(paper: Paper, sales: Persona, delivery: Persona): Promise<void> {
    const { world } = this.stage;
    const { handoffId } = paper;
    const { items } = await world.read({ items: select(ChecklistItem, { handoffId }) });
    const signedOn = this.calendar.dateOf(this.stage.clock.at.getTime());
    for (const { id: itemId, code, label: title } of items) {
      const contentHash = createHash('sha256').update(code).digest('hex');
      await paper.done(sales, submitEvidence, {
        itemId,
        kind: EvidenceForm.DOCUMENT,
        title,
        documentId: `DOC-${code}`,
        documentDate: signedOn,
        contentHash,
        documentUrl: `https://northwind.sharepoint.com/sites/deals/${code.toLowerCase()}.pdf`,
        documentVersion: '1.0',
        signers: [{ name: 'Priya Nair', side: Side.CLIENT, signedOn }],
      });
    }
    const { evidence } = await world.read({ evidence: select(Evidence, { handoffId }) });
    for (const { id: evidenceId, itemId } of evidence) {
      const verifier = VERIFIERS[items.find(({ id }) => id === itemId)!.verifierRole];
      await paper.done(verifier ? await this.as(verifier) : delivery, verifyEvidence, { evidenceId });
    }
  }

  private async signOff(paper: Paper, delivery: Persona): Promise<void> {
    const { handoffId } = paper;
    const day = this.calendar.workedDayAfter(this.calendar.dateOf(this.stage.clock.at.getTime()), 1);
    const { risks, bookings } = await this.stage.world.read({
      risks: select(Risk, { handoffId }),
      bookings: select(ResourceBooking, { handoffId }),
    });
    if (bookings.length === 0) {
      const week = { role: 'Network engineer', personId: null, hoursPerWeek: '1', fromOn: day, toOn: day };
      await paper.done(delivery, addResourceBooking, week);
    }
    const acceptedRiskIds = risks.map(({ id }) => id);
    await paper.done(delivery, signOffFeasibility, {
      acceptedRiskIds,
      statement: 'Feasible with the plan as it stands.',
    });
  }

  /** Opened by sales and settled by a lead; a delivery manager owns none of a draft that was not given to them yet. */
  private async decide(
    paper: Paper,
    deed: Of<'OPEN_DECISION' | 'MOVE_DECISION' | 'DECIDE'>,
    sales: Persona,
    delivery: Persona,
  ): Promise<void> {
    const ownerId = (paper.isGiven ? delivery : sales).actor.id;
    const lead = await this.as('leah.lead');
    if (deed.kind === 'OPEN_DECISION') {
      const escalationContactId = (await this.as(deed.contact)).actor.id;
      const asked = { kind: DecisionKind.QUESTION, question: `Who pays for ${deed.name}?`, blocksKickoff: false };
      const given = { ...asked, ownerId, escalationContactId, dueOn: deed.dueOn };
      return void paper.decisions.set(deed.name, await paper.done(sales, openDecision, given));
    }
    const decisionId = await paper.decision(deed.name);
    if (deed.kind === 'MOVE_DECISION') {
      const { moved } = await this.stage.world.read({ moved: selectRequired(Decision, decisionId) });
      const given = { decisionId, ownerId: moved.ownerId, dueOn: deed.dueOn };
      return void (await paper.done(lead, reassignDecision, given));
    }
    const decided = { outcome: 'The client does.', reason: 'Agreed in the weekly call.', obsolete: false };
    await paper.done(lead, resolveDecision, { decisionId, ...decided });
  }

  /** Agrees on an action in the newest weekly review, by whoever holds it. */
  async agreeOn({ name, dueOn }: ToldAction): Promise<void> {
    const [owner] = this.stage.tenant.ladders.SLA;
    const persona = await this.as(owner!);
    const { reviews } = await this.stage.world.read({
      reviews: select(QualityReview, { kind: ReviewKind.WEEKLY }, { orderBy: ['-id'], limit: 1 }),
    });
    const action = { reviewId: reviews[0]!.id, text: name, ownerId: persona.actor.id, dueOn };
    this.actions.set(name, await persona.done(addReviewAction, action));
  }

  async completeAction({ name }: ToldAction): Promise<void> {
    const persona = await this.as(this.stage.tenant.ladders.SLA[0]!);
    const actionId = this.actions.get(name)!;
    await persona.done(completeReviewAction, { actionId, expectedRevision: 1, outcome: 'Done as agreed.' });
  }

  private as(key: string): Promise<Persona> {
    const known = this.people.get(key);
    if (known) return known;
    const made = this.stage.world.as(key);
    this.people.set(key, made);
    return made;
  }
}

/** The handoff of a tale, as the desk has it before it. */
class Paper {
  readonly decisions = new Map<string, string>();
  private revision = 0;
  /** Whether it has a delivery manager. */
  isGiven = false;

  constructor(
    private readonly world: World,
    readonly handoffId: string,
  ) {}

  /** Reads it as it stands: each change raises its revision by one. */
  static async open(world: World, paper: Paper): Promise<Paper> {
    const { handoff } = await world.read({ handoff: selectRequired(Handoff, paper.handoffId) });
    paper.revision = handoff.revision;
    paper.isGiven = handoff.deliveryManagerId !== null;
    return paper;
  }

  async done<I extends HandoffChangeInput, F extends Queries>(
    persona: Persona,
    command: Command<I, F>,
    input: Omit<I, keyof HandoffChangeInput>,
  ): Promise<string> {
    const id = await persona.done(command, this.on(input) as I);
    this.revision += 1;
    return id;
  }

  async refused<I extends HandoffChangeInput, F extends Queries>(
    persona: Persona,
    command: Command<I, F>,
    input: Omit<I, keyof HandoffChangeInput>,
  ): Promise<void> {
    await persona.refused(command, this.on(input) as I);
  }

  /** The digest of the introduction as it reads now. */
  async introduction(): Promise<string> {
    const { facts } = await this.world.read({ facts: introductionFacts([this.handoffId]) });
    return introductionText(facts.get(this.handoffId)!).textSha256;
  }

  /** The entry of the decision log by the name that the tale gives it. */
  async decision(name: string): Promise<string> {
    const known = this.decisions.get(name);
    if (known) return known;
    const { opened } = await this.world.read({
      opened: select(Decision, { handoffId: this.handoffId, kind: DecisionKind.ASSUMPTION }),
    });
    return opened[0]!.id;
  }

  private on(input: object): object {
    return { ...input, handoffId: this.handoffId, expectedRevision: this.revision };
  }
}
