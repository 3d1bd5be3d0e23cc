import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import type { EffectHandler } from '../../src/core/outbox/handler.js';
import type { Planner } from '../../src/core/planner.js';
import { ConflictPlanner } from '../../src/conflict/conflict.planner.js';
import { CONFLICTS_EFFECT, conflictsHandler } from '../../src/conflict/conflict.handler.js';
import { ESCALATE_EFFECT, escalateHandler } from '../../src/escalation/escalation.handler.js';
import { EscalationPlanner } from '../../src/escalation/escalation.planner.js';
import { FOLLOW_EFFECT, followHandler, SIGNED_EFFECT, signedHandler } from '../../src/passage/trigger.handler.js';
import { TriggerPlanner } from '../../src/passage/trigger.planner.js';
import { CAST, holderOf } from '../../src/sandbox/demo/cast.js';
import { writeContent } from '../../src/sandbox/demo/chapters.js';
import { peopleByHandle } from '../../src/sandbox/demo/story.js';
import { type Json, Teller } from '../../src/sandbox/demo/teller.js';
import { operation } from './operation.js';
import type { Persona, World } from './world.js';

const HEALTHY = readFileSync(resolve('samples/halopsa/managed-network-healthy.json'), 'utf8');

let opportunities = 61_000;

/** A deal that holds its floors; `clientId` is the client's number in the PSA, an own one when left out. */
export function dealOf(opportunityId: number = ++opportunities, clientId = opportunityId): string {
  const deal = JSON.parse(HEALTHY) as {
    opportunity: Record<string, unknown>;
    quotation: Record<string, unknown>;
  };
  const client = { client_id: clientId, client_name: `Client ${clientId} Ltd` };
  Object.assign(deal.opportunity, { id: opportunityId }, client);
  Object.assign(deal.quotation, { id: opportunityId, ticket_id: opportunityId }, client);
  return JSON.stringify(deal);
}

/** What a step answered: the type, the codes of what was found, and the record. */
export interface Answered extends Json {
  readonly codes: readonly string[];
}

/** The people of a tenant at work on one handoff, by the operations that they have. */
export class Desk {
  private constructor(
    readonly world: World,
    readonly handoffId: string,
  ) {}

  /** Sales brings a deal in. */
  static async open(world: World, input: Json): Promise<Desk> {
    const sales = await world.as(CAST.sales);
    const { data, errors } = await sales.graphql(operation('import-deal'), { input });
    const id = (data?.importDeal as Json | undefined)?.id as string | undefined;
    if (!id) throw new Error(`importDeal: ${JSON.stringify(data ?? errors)}`);
    return new Desk(world, id);
  }

  static of(world: World, handoffId: string): Desk {
    return new Desk(world, handoffId);
  }

  async row(): Promise<Json> {
    return (
      await this.world.rows('select * from handoff where tenant_id = $1 and id = $2', [this.handoffId])
    )[0] as Json;
  }

  /** Sends a mutation on the handoff as it stands; an error answers its code as type. */
  async send(who: string | Persona, name: string, input: Json = {}, revision?: number): Promise<Answered> {
    const persona = typeof who === 'string' ? await this.world.as(who) : who;
    const expectedRevision = revision ?? ((await this.row()).revision as number);
    const { data, errors } = await persona.graphql(operation(name), {
      input: { handoffId: this.handoffId, expectedRevision, ...input },
    });
    const answer = (data && Object.values(data)[0]) as Json | undefined;
    if (!answer) return { __typename: errors[0]!.extensions.code, codes: [], message: errors[0]!.message };
    return { ...answer, codes: ((answer.findings ?? []) as { code: string }[]).map(({ code }) => code) };
  }

  /** The same, and it must be done. */
  async done(who: string | Persona, name: string, input: Json = {}): Promise<Json> {
    const answer = await this.send(who, name, input);
    if (answer.codes.length > 0 || typeof answer.id !== 'string')
      throw new Error(`${name} was not done: ${JSON.stringify(answer)}`);
    return answer;
  }

  async read(who = CAST.auditor as string): Promise<Json> {
    const { data, errors } = await (
      await this.world.as(who)
    ).graphql(operation('handoff-variants'), { id: this.handoffId });
    if (!data) throw new Error(JSON.stringify(errors));
    return data.handoff as Json;
  }

  /** Sales writes everything that the heaviest tier asks for. */
  async write(): Promise<void> {
    const teller = new Teller({
      document: operation,
      tell: () => undefined,
      ask: async (persona, document, variables) => (await this.world.as(persona)).graphql(document, variables),
    });
    const tale = { teller, handoffId: this.handoffId, now: this.world.suite.clock.at };
    await writeContent(tale, await peopleByHandle(teller));
    for (const kind of ['BUSINESS_OBJECTIVE', 'TECHNICAL_REQUIREMENT'])
      await this.done(CAST.sales, 'add-statement', { kind, text: `What is said of ${kind}.`, source: 'Proposal v3' });
  }

  /** Evidence for the items that still ask for it, given by one person and verified by another. */
  async prove(wanted: (item: Json) => boolean = () => true): Promise<void> {
    const sales = await this.world.as(CAST.sales);
    const { data } = await sales.graphql(operation('handoff-for-sales'), { id: this.handoffId });
    const items = ((data!.handoff as Json).checklist as Json[]).filter(
      (item) => item.required && !['VERIFIED', 'NOT_APPLICABLE'].includes(item.status as string) && wanted(item),
    );
    for (const item of items) {
      await this.done(holderOf(item.providerRole as string), 'submit-evidence', evidenceFor(item));
      const [evidence] = await this.world.rows(
        'select id from evidence where tenant_id = $1 and item_id = $2 order by sequence desc',
        [item.id],
      );
      await this.done(holderOf(item.verifierRole as string), 'verify-evidence', { evidenceId: evidence!.id });
    }
  }

  async submit(): Promise<Answered> {
    return this.send(CAST.sales, 'submit-handoff');
  }

  /** Delivery plans, accepts every risk, and signs off. */
  async signOff(): Promise<Answered> {
    const [booking] = await this.world.rows(
      'select id from resource_booking where tenant_id = $1 and handoff_id = $2',
      [this.handoffId],
    );
    if (!booking)
      await this.done(CAST.delivery, 'add-resource-booking', {
        role: 'Network engineer',
        personId: null,
        hoursPerWeek: '8',
        fromOn: '2026-12-15',
        toOn: '2027-02-16',
      });
    const risks = await this.world.rows('select id from risk where tenant_id = $1 and handoff_id = $2', [
      this.handoffId,
    ]);
    return this.send(CAST.delivery, 'sign-off-feasibility', {
      acceptedRiskIds: risks.map(({ id }) => id),
      statement: 'Feasible with one engineer; nothing endangers the date.',
    });
  }

  /** How many rows of a table the handoff has. */
  async count(table: string, condition = ''): Promise<number> {
    const [row] = await this.world.rows(
      `select count(*)::int as n from ${table} where tenant_id = $1 and handoff_id = $2 ${condition}`,
      [this.handoffId],
    );
    return row!.n as number;
  }
}

function evidenceFor(item: Json): Json {
  const kind = (item.kinds as string[])[0]!;
  const code = String(item.code);
  const contentHash = createHash('sha256')
    .update(`${code} ${String(item.id)}`)
    .digest('hex');
  const hasDocument = kind === 'DOCUMENT' || kind === 'CERTIFICATE' || item.needsDocument === true;
  const signers = [
    { name: 'Priya Nair', side: 'CLIENT', signedOn: '2026-11-23' },
    { name: 'Sofia Lindqvist', side: 'PROVIDER', signedOn: '2026-11-23' },
  ];
  return {
    itemId: item.id,
    kind,
    title: `${code} of the deal`,
    documentId: `DOC-${code}`,
    documentDate: '2026-11-23',
    ...(hasDocument ? { documentUrl: `https://example.com/${code}.pdf`, documentVersion: '1', contentHash } : {}),
    ...(kind === 'STATEMENT' ? { statement: 'Checked with the client and written into the handoff.' } : {}),
    ...(item.needsSigner || item.needsAllSigners
      ? { signers, certificateUrl: 'https://sign.example.com/certificates/1' }
      : {}),
  };
}

/** What else a tenant asks of the worker is not of these tests. */
const NOT_HERE = Promise.resolve({ receipt: 'not here', writes: [] });

const HANDLERS: Readonly<Record<string, EffectHandler>> = {
  [CONFLICTS_EFFECT]: conflictsHandler,
  [ESCALATE_EFFECT]: escalateHandler,
  [SIGNED_EFFECT]: signedHandler,
  [FOLLOW_EFFECT]: followHandler,
};

/** One look of so many workers at once: what is due is asked for, and done. */
export async function work(world: World, workers = 1): Promise<void> {
  const { gateway, clock, pipeline } = world.suite;
  const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
  const tenants = async (): Promise<string[]> => [world.tenantId];
  const kinds = await world.rows('select distinct kind from outbox_effect where tenant_id = $1');
  const others = kinds.map(({ kind }): [string, EffectHandler] => [kind as string, () => NOT_HERE]);
  const handlers = { ...Object.fromEntries(others), ...HANDLERS };
  const planning = { gateway, present: () => clock.now(), tenants, log };
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const planners: Planner[] = [
        new ConflictPlanner(planning),
        new TriggerPlanner(planning),
        new EscalationPlanner(planning),
      ];
      for (const planner of planners) await planner.pass();
      const dispatcher = new Dispatcher({ gateway, clock, pipeline, handlers, tenants, log });
      for (let pass = 0; pass < 40 && (await dispatcher.pass()) > 0;) pass += 1;
    }),
  );
}
