import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { draftBriefCommand } from '../../../src/brief/brief.commands.js';
import { ChecklistItem } from '../../../src/checklist/checklist.entity.js';
import { submitEvidence, verifyEvidence } from '../../../src/checklist/evidence.commands.js';
import { Evidence, EvidenceForm, EvidenceState } from '../../../src/checklist/evidence.entity.js';
import { declareNoCommitments } from '../../../src/commitment/commitment.commands.js';
import type { Command } from '../../../src/core/command.js';
import { type Queries, select, selectRequired } from '../../../src/core/statement.js';
import { resolveDecision } from '../../../src/decision/decision.commands.js';
import { Decision } from '../../../src/decision/decision.entity.js';
import { addAssumption } from '../../../src/handoff/assumption.commands.js';
import { Side, StakeholderRole, StatementKind } from '../../../src/handoff/content.entity.js';
import { editHandoff } from '../../../src/handoff/handoff.commands.js';
import { Handoff } from '../../../src/handoff/handoff.entity.js';
import type { HandoffChangeInput } from '../../../src/handoff/handoff.input.js';
import { addStakeholder } from '../../../src/handoff/stakeholder.commands.js';
import { addStatement } from '../../../src/handoff/statement.commands.js';
import { Role } from '../../../src/identity/roles.js';
import { assignDeliveryManager } from '../../../src/passage/assign.command.js';
import { submitHandoff } from '../../../src/passage/submit.command.js';
import { today, workingDay } from '../../../src/sandbox/demo/calendar.js';
import type { Persona, World } from '../../kit/world.js';
import type { Ground, Tenant } from './ground.js';
import type { Chance } from './random.js';

const SAMPLE = readFileSync(resolve('samples/halopsa/managed-network-healthy.json'), 'utf8');
const FIRST_OPPORTUNITY = 10_000;

interface Export {
  readonly opportunity: Record<string, unknown> & { customfields: Record<string, unknown>[] };
  readonly quotation: Record<string, unknown>;
}

/** Faults of a webhook on its way, by so many in a hundred; none is lost, for the sweep of five minutes to find. */
const WEBHOOKS: readonly (readonly [number, readonly string[]])[] = [
  [30, ['DUPLICATE']],
  [20, ['SWAP']],
  [10, ['HOLD']],
];

/** A renewal above its margin floor, for a client of its own: the sample's smallest task pack. */
function dealOf(number: number): Export {
  const deal = JSON.parse(SAMPLE) as Export;
  const client = { client_id: number, client_name: `Client ${number}` };
  Object.assign(deal.opportunity, client);
  Object.assign(deal.quotation, client);
  deal.opportunity.customfields.push({ id: 202, name: 'CFDealType', value: 'RENEWAL' });
  return deal;
}

/** Wins so many deals in the simulated HaloPSA, one tenant after the other; webhooks come twice, late and swapped. */
export async function winDeals({ halopsa, tenants }: Ground, count: number, chance: Chance): Promise<void> {
  for (let n = 0; n < count; n++) {
    const { slug } = tenants[n % tenants.length]!;
    const control = `/sandbox/halopsa/${slug}/control`;
    const id = FIRST_OPPORTUNITY + n;
    await halopsa.control(`${control}/deals`, { deal: dealOf(id), id, stage: 4 });
    const plan = WEBHOOKS.find(([percent]) => chance.inPercent(percent))?.[1] ?? [];
    await halopsa.control(`${control}/webhooks`, { plan });
    await halopsa.control(`${control}/acts/win`, { id });
  }
  for (const { slug } of tenants) await halopsa.control(`/sandbox/halopsa/${slug}/control/webhooks`, { release: true });
}

/** The people of a tenant who bring a handoff through the gate. */
interface Cast {
  readonly sales: Persona;
  readonly delivery: Persona;
  readonly lead: Persona;
  readonly finance: Persona;
}

/** Brings handoffs from the draft, as the intake opened it, through the submit gate, by the commands that people run. */
export class Desk {
  private readonly casts = new Map<string, Promise<Cast>>();

  constructor(private readonly chance: Chance) {}

  /** Proves, submits, and for some writes a second version of the brief or makes the open decision. */
  async submit({ world }: Tenant, handoffId: string): Promise<void> {
    const { sales, delivery, lead, finance } = await this.castOf(world);
    const step = new Steps(world, handoffId);
    const source = 'Proposal v3, section 2';
    const person = { side: Side.PROVIDER, role: StakeholderRole.ACCOUNT_OWNER, name: 'Sofia Marsh' };
    await step.done(sales, addStakeholder, person);
    await step.done(sales, editHandoff, {
      communicationPreferences: 'By mail, and a call on Fridays.',
      billingTerms: 'Thirty days net.',
      startOn: workingDay(new Date(), 21),
    });
    const texts = {
      [StatementKind.OUT_OF_SCOPE]: 'Cabling and telephony.',
      [StatementKind.ACCEPTANCE_CRITERION]: 'Every access point is monitored.',
      [StatementKind.DEPENDENCY]: 'The client clears the comms room.',
    };
    for (const [kind, text] of Object.entries(texts))
      await step.done(sales, addStatement, { kind: kind as StatementKind, text, source });
    await step.done(sales, addAssumption, { text: 'The leased line stays until March.', source });
    await step.done(lead, assignDeliveryManager, { personId: delivery.actor.id });
    await step.done(sales, declareNoCommitments, {});
    await this.prove(step, sales, { [Role.DELIVERY_MANAGER]: delivery, [Role.FINANCE_APPROVER]: finance });
    await step.done(sales, submitHandoff, {});
    if (this.chance.inPercent(30)) await step.done(delivery, draftBriefCommand, {});
    if (this.chance.inPercent(30)) await decide(step, delivery);
  }

  private async prove(step: Steps, sales: Persona, verifiers: Readonly<Record<string, Persona>>): Promise<void> {
    const { items } = await step.world.read({ items: select(ChecklistItem, { handoffId: step.handoffId }) });
    for (const item of items) {
      const documentId = `DOC-${item.code}`;
      const signedOn = today(new Date());
      await step.done(sales, submitEvidence, {
        itemId: item.id,
        kind: EvidenceForm.DOCUMENT,
        title: item.label,
        documentId,
        documentDate: signedOn,
        documentUrl: `https://northwind.sharepoint.com/sites/deals/${item.code.toLowerCase()}.pdf`,
        documentVersion: '1.0',
        contentHash: createHash('sha256').update(documentId).digest('hex'),
        signers: [{ name: 'Priya Nair', side: Side.CLIENT, signedOn }],
      });
      const { evidence } = await step.world.read({
        evidence: select(Evidence, { itemId: item.id, state: EvidenceState.SUBMITTED }),
      });
      await step.done(verifiers[item.verifierRole]!, verifyEvidence, { evidenceId: evidence[0]!.id });
    }
  }

  private castOf(world: World): Promise<Cast> {
    const known = this.casts.get(world.tenantId);
    if (known) return known;
    const made = (async () => ({
      sales: await world.as(Role.SALES_MANAGER),
      delivery: await world.as(Role.DELIVERY_MANAGER),
      lead: await world.as(Role.SERVICE_DELIVERY_LEAD),
      finance: await world.as(Role.FINANCE_APPROVER),
    }))();
    this.casts.set(world.tenantId, made);
    return made;
  }
}

async function decide(step: Steps, delivery: Persona): Promise<void> {
  const { decisions } = await step.world.read({ decisions: select(Decision, { handoffId: step.handoffId }) });
  for (const { id: decisionId } of decisions) {
    const decided = { decisionId, outcome: 'It stays until April.', reason: 'Confirmed by the carrier.' };
    await step.done(delivery, resolveDecision, { ...decided, obsolete: false });
  }
}

/** Commands on one handoff, each on its revision as it stands. */
class Steps {
  constructor(
    readonly world: World,
    readonly handoffId: string,
  ) {}

  async done<I extends HandoffChangeInput, F extends Queries>(
    persona: Persona,
    command: Command<I, F>,
    input: Omit<I, keyof HandoffChangeInput>,
  ): Promise<void> {
    const { handoffId, world } = this;
    const { handoff } = await world.read({ handoff: selectRequired(Handoff, handoffId) });
    await persona.done(command, { ...input, handoffId, expectedRevision: handoff.revision } as I);
  }
}
