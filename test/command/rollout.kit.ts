import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TenantConfiguration } from '../../src/catalogue/configuration.js';
import { declareNoCommitments } from '../../src/commitment/commitment.commands.js';
import { editHandoff } from '../../src/handoff/handoff.commands.js';
import { Role } from '../../src/identity/roles.js';
import { assignDeliveryManager } from '../../src/passage/assign.command.js';
import { importDeal } from '../../src/passage/intake.commands.js';
import { submitHandoff } from '../../src/passage/submit.command.js';
import { START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

/** The text of a persona's operation. */

export const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);

/** The code of what a command throws. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'NONE',
    (error: { code?: string }) => error.code ?? 'UNEXPECTED',
  );

/** A baseline of any KPI. */
export const FIGURES = {
  fromOn: '2026-10-01',
  toOn: '2026-10-31',
  numerator: '10',
  denominator: '20',
  cohort: 'Deals won in October 2026.',
  sourceUrl: 'https://northwind.example/baselines/october',
};

let deals = 70_000;

/** A tenant of a rollout's test, with the people who act in it. */
export class Tenant {
  private constructor(
    readonly world: World,
    readonly admin: Persona,
    readonly lead: Persona,
    readonly sales: Persona,
  ) {}

  static async open(suite: Suite, change?: (configuration: TenantConfiguration) => void): Promise<Tenant> {
    suite.clock.at = START;
    const world = await suite.tenant(change);
    const [admin, lead] = [await world.as(Role.REVOPS_ADMIN), await world.as(Role.SERVICE_DELIVERY_LEAD)];
    return new Tenant(world, admin, lead, await world.as('sofia.sales'));
  }

  /** The first row of hand-written SQL. */
  async row(text: string, values: unknown[] = []): Promise<Record<string, unknown>> {
    return (await this.world.rows(text, values))[0]!;
  }

  /** A handoff and its present revision. */
  async on(handoffId: string): Promise<{ handoffId: string; expectedRevision: number }> {
    const { revision } = await this.row('select revision from handoff where tenant_id = $1 and id = $2', [handoffId]);
    return { handoffId, expectedRevision: Number(revision) };
  }

  /** A handoff with a delivery manager, a start and no promises, and nothing proven. */
  async unproven(sample = 'managed-network-healthy', owner = this.sales): Promise<string> {
    const deal = JSON.parse(readFileSync(resolve(`samples/halopsa/${sample}.json`), 'utf8')) as {
      opportunity: object;
      quotation: object;
    };
    const id = ++deals;
    const client = { client_id: id, client_name: `Client ${id} Ltd` };
    Object.assign(deal.opportunity, { id }, client);
    Object.assign(deal.quotation, { id, ticket_id: id }, client);
    const imported = { payload: JSON.stringify(deal), serviceTemplate: null, dealType: null, segment: null };
    const handoffId = await owner.done(importDeal, imported);
    const personId = await this.world.idOf('dana.delivery');
    await owner.done(assignDeliveryManager, { ...(await this.on(handoffId)), personId });
    await owner.done(editHandoff, { ...(await this.on(handoffId)), startOn: '2026-12-07' });
    await owner.done(declareNoCommitments, await this.on(handoffId));
    return handoffId;
  }

  /** What came of submitting a handoff: PASSED, or the codes that block. */
  async submitted(handoffId: string, owner = this.sales): Promise<string | string[]> {
    const result = await owner.run(submitHandoff, await this.on(handoffId));
    if (result.kind === 'done') return 'PASSED';
    return [...new Set(codes(result.findings.filter(({ severity }) => severity === 'BLOCKING')))];
  }
}
