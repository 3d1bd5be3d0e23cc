import { pino } from 'pino';
import type { TenantConfiguration } from '../../src/catalogue/configuration.js';
import { meetingPlan } from '../../src/catalogue/meeting.rules.js';
import { select, selectRequired } from '../../src/core/statement.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { CheckAnswer } from '../../src/meeting/meeting.entity.js';
import type { RecordHandoffMeetingInput } from '../../src/meeting/meeting.input.js';
import { Notice } from '../../src/notice/notice.entity.js';
import { NoticePlanner } from '../../src/notice/notice.planner.js';
import { assignDeliveryManager } from '../../src/passage/assign.command.js';
import { importForTest } from '../kit/deal.js';
import { START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

/** The sample's deal as the PSA tells it before and after the close. */
export function deal(isWon: boolean) {
  const { raw, parsed } = read('managed-network-healthy');
  const { wonAt } = parsed.deal;
  const rawDigest = isWon ? 'f'.repeat(64) : parsed.rawDigest;
  return { raw, parsed: { ...parsed, rawDigest, deal: { ...parsed.deal, wonAt: isWon ? wonAt : null } } };
}

/** People as they are invited. */
export const invite = (...people: Persona[]) => people.map(({ actor }) => ({ personId: actor.id }));

/** A handoff whose meeting is to be held, and who takes part. */
export class MeetingStage {
  private constructor(
    readonly suite: Suite,
    readonly world: World,
    readonly sales: Persona,
    readonly delivery: Persona,
    readonly lead: Persona,
    readonly handoffId: string,
  ) {}

  /** A deal that is won (or not yet), its handoff a draft with a delivery manager. */
  static async open(
    suite: Suite,
    isWon: boolean,
    change?: (configuration: TenantConfiguration) => void,
  ): Promise<MeetingStage> {
    suite.clock.at = START;
    const world = await suite.tenant(change);
    const [sales, delivery, lead] = [
      await world.as('sofia.sales'),
      await world.as('dana.delivery'),
      await world.as('leah.lead'),
    ];
    const handoffId = await sales.done(importForTest, deal(isWon));
    const stage = new MeetingStage(suite, world, sales, delivery, lead, handoffId);
    await lead.done(assignDeliveryManager, { ...(await stage.on()), personId: delivery.actor.id });
    return stage;
  }

  /** The handoff at its present revision. */
  async on() {
    const { row } = await this.world.read({ row: selectRequired(Handoff, this.handoffId) });
    return { handoffId: this.handoffId, expectedRevision: row.revision };
  }

  /** A date with rep and delivery manager. */
  async schedule(startsAt: string, change: object = {}) {
    const participants = invite(this.sales, this.delivery);
    return { ...(await this.on()), startsAt: new Date(startsAt), participants, ...change };
  }

  /** A record that says everything. */
  async record(change: Partial<RecordHandoffMeetingInput> = {}): Promise<RecordHandoffMeetingInput> {
    const { segments, checklist } = meetingPlan(this.world.configuration, 'STANDARD');
    return {
      ...(await this.on()),
      heldAt: this.suite.clock.at,
      notes: 'Sofia told Dana what was sold.',
      attendance: invite(this.sales, this.delivery).map(({ personId }) => ({ personId, attended: true })),
      segments: segments.map(({ key, questions }) => ({
        key,
        covered: true,
        answered: questions.map((question) => question.key),
      })),
      checklist: checklist.map(({ key }) => ({ key, answer: CheckAnswer.YES })),
      ...change,
    };
  }

  /** What people were told of meetings and actions, after a look of so many workers. */
  async notices(workers = 1): Promise<string[]> {
    const { gateway, clock } = this.suite;
    const { world } = this;
    const tenants = async (): Promise<string[]> => [world.tenantId];
    const log = pino({ level: 'silent' });
    const looks = Array.from({ length: workers }, () =>
      new NoticePlanner({ gateway, present: () => clock.now(), tenants, deliver: async () => 0, log }).pass(),
    );
    await Promise.all(looks);
    const { rows } = await world.read({ rows: select(Notice, {}, { orderBy: ['id'] }) });
    const { people } = world.configuration;
    return rows
      .filter(({ template }) => /^(MEETING|ACTION)/.test(template))
      .map(({ template, personId }) => `${template} ${people.find(({ id }) => id === personId)?.key}`)
      .toSorted();
  }
}
