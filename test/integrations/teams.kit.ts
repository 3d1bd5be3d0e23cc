import { pino } from 'pino';
import { newId } from '../../src/core/id.js';
import { OutboxEffect } from '../../src/core/outbox/effect.entity.js';
import type { EffectHandlers } from '../../src/core/outbox/handler.js';
import { select, selectFirst, selectRequired } from '../../src/core/statement.js';
import { openDecision } from '../../src/decision/decision.commands.js';
import { DecisionKind } from '../../src/decision/decision.entity.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { connectIntegration } from '../../src/integrations/connection/connection.commands.js';
import { Integration, Vendor } from '../../src/integrations/connection/connection.entity.js';
import { Connections } from '../../src/integrations/connection/connection.secret.js';
import { CardEvent, TeamsCard } from '../../src/integrations/microsoft/teams/teams-card.entity.js';
import { cardHandler } from '../../src/integrations/microsoft/teams/teams.handler.js';
import { TEAMS_CARD } from '../../src/integrations/microsoft/teams/teams.plan.js';
import { TeamsPlanner } from '../../src/integrations/microsoft/teams/teams.planner.js';
import type { FaultRule } from '../../src/sandbox/microsoft/faults.js';
import type { Message } from '../../src/sandbox/microsoft/records.js';
import type { Settings } from '../../src/sandbox/microsoft/settings.js';
import { type SharePointBench, useSharePoint } from './sharepoint.kit.js';

/** Where people reach the product in these tests. */
export const PUBLIC_URL = 'https://cs.example';

/** A card as it stands in the channel. */
export interface ShownCard {
  readonly body: { readonly text?: string; readonly facts?: { title: string; value: string }[] }[];
  readonly actions?: { readonly title: string; readonly url: string }[];
  readonly msteams: { readonly entities?: { readonly text: string; readonly mentioned: { readonly id: string } }[] };
}

/** A tenant whose decisions and requests are told in a channel, over real HTTP. */
export class TeamsBench {
  handoffId: string;
  private sharePoint: SharePointBench;

  constructor(sharePoint: SharePointBench) {
    this.sharePoint = sharePoint;
  }

  get bench(): SharePointBench {
    return this.sharePoint;
  }

  /** Connects the sample channel; names are settings. */
  async connect(settings: Record<string, string> = { topics: 'DECISIONS' }): Promise<string> {
    const admin = await this.bench.world.as('REVOPS_ADMIN');
    return admin.done(connectIntegration, {
      vendor: Vendor.TEAMS,
      name: `Channel ${newId()}`,
      baseUrl: 'https://teams.microsoft.com',
      settings: Object.entries(settings).map(([name, value]) => ({ name, value })),
      credentials: [{ name: 'webhookUrl', value: this.bench.sample.workflowUrl }],
    });
  }

  planner(): TeamsPlanner {
    return new TeamsPlanner({
      gateway: this.bench.suite.gateway,
      present: () => this.bench.suite.clock.now(),
      tenants: async () => [this.bench.world.tenantId],
      log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    });
  }

  /** What a worker's process knows to do. */
  handlers(): EffectHandlers {
    const { http, suite } = this.bench;
    const card = cardHandler({ http, connections: new Connections(suite.vault), publicUrl: PUBLIC_URL });
    return { ...this.bench.handlers(), [TEAMS_CARD]: card };
  }

  /** A worker looks and does what is due; with `minutes` it goes on as time passes. */
  async work(minutes = 0): Promise<void> {
    await this.planner().pass();
    await this.bench.work({ minutes, handlers: this.handlers() });
  }

  /** What the channel was told before is another test's. */
  async quiet(): Promise<void> {
    await this.work();
    this.forget();
  }

  /** Empties the channel and the log. */
  forget(): void {
    const { world } = this.bench.simulator;
    world.log.clear();
    for (const { id } of world.store.all('message')) world.store.drop('message', id);
  }

  /** An open entry of the log. */
  async open(question = 'Who pays for the second firewall?', dueOn = '2026-11-27'): Promise<string> {
    const { world } = this.bench;
    const delivery = await world.as('DELIVERY_MANAGER');
    return delivery.done(openDecision, {
      handoffId: this.handoffId,
      expectedRevision: await this.revision(),
      kind: DecisionKind.QUESTION,
      question,
      context: null,
      assumptionId: null,
      ownerId: await world.idOf('SALES_MANAGER'),
      dueOn,
      escalationContactId: await world.idOf('REVOPS_ADMIN'),
      blocksKickoff: true,
    });
  }

  /** The object id of somebody in the directory. */
  oidOf(keyOrRole: string): string {
    const { people } = this.bench.world.configuration;
    const person =
      people.find(({ key }) => key === keyOrRole) ?? people.find(({ roles }) => roles.includes(keyOrRole as never));
    return person!.accounts[0]!.oid;
  }

  /** So much later that what was left to somebody is the worker's. */
  later(): void {
    this.bench.suite.clock.advanceHours(1 / 60);
  }

  async revision(): Promise<number> {
    return (await this.bench.world.read({ row: selectRequired(Handoff, this.handoffId) })).row.revision;
  }

  messages(): Message[] {
    return [...this.bench.simulator.world.store.all('message')];
  }

  cards(): ShownCard[] {
    return this.messages().map(({ attachments }) => JSON.parse(attachments[0]!.content) as ShownCard);
  }

  titles(): string[] {
    return this.cards().map(({ body }) => body[0]!.text!.replaceAll('\\', ''));
  }

  /** The rows of the cards, oldest first; those about one record. */
  async rows(subjectId?: string): Promise<TeamsCard[]> {
    const where = subjectId === undefined ? {} : { subjectId };
    return (await this.bench.world.read({ found: select(TeamsCard, where, { orderBy: ['id'] }) })).found;
  }

  async digests(): Promise<TeamsCard[]> {
    return (await this.rows()).filter(({ event }) => event === CardEvent.DIGEST);
  }

  async effects(): Promise<OutboxEffect[]> {
    return (await this.bench.world.read({ found: select(OutboxEffect, { kind: TEAMS_CARD }, { orderBy: ['id'] }) }))
      .found;
  }

  async connection(): Promise<Integration> {
    return (await this.bench.world.read({ found: selectFirst(Integration, { vendor: Vendor.TEAMS }) })).found!;
  }

  arm(rule: FaultRule): number {
    return this.bench.simulator.world.faults.arm(rule);
  }
}

/** A suite for the file; a simulator, a tenant and a submitted handoff for each test. */
export function useTeams(settings: Partial<Settings> = {}): TeamsBench {
  const teams = new TeamsBench(useSharePoint(settings));
  beforeEach(async () => {
    teams.handoffId = await teams.bench.submitted();
  });
  return teams;
}
