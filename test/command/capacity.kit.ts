import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import type { Persona, World } from '../kit/world.js';

/** What a mutation came to: the type of its answer and the codes of its findings, or the code of an error. */
export interface Outcome {
  readonly type: string;
  readonly codes: readonly string[];
  readonly answer: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- a test reads whatever it asked for
}

/** A tenant in which handoffs are planned and signed off. */
export class Planning {
  private constructor(
    readonly world: World,
    readonly delivery: Persona,
    readonly lead: Persona,
  ) {}

  static async open(world: World): Promise<Planning> {
    return new Planning(world, await world.as('dana.delivery'), await world.as('leah.lead'));
  }

  /** A handoff that was signed off with sixteen hours a week of a network engineer, and has a kickoff date. */
  async signedOff(): Promise<string> {
    return (await playStory(this.world)).handoffId;
  }

  /** The same in review again, without a plan. */
  async inReview(): Promise<string> {
    const handoffId = await this.signedOff();
    await this.clear(handoffId);
    return handoffId;
  }

  /** Takes the sign-off back, where there is one, and the whole plan out. */
  async clear(handoffId: string): Promise<void> {
    await this.change('revoke-sign-off', handoffId, { reason: 'Planned anew for a test.' });
    for (const { id } of await this.linesOf(handoffId))
      await this.change('remove-resource-booking', handoffId, { bookingId: id });
  }

  /** Adds a line, in the first full week of January unless said otherwise. */
  add(handoffId: string, parts: object = {}): Promise<Outcome> {
    const line = {
      role: 'Network engineer',
      personId: null,
      hoursPerWeek: '10',
      fromOn: '2027-01-04',
      toOn: '2027-01-10',
    };
    return this.change('add-resource-booking', handoffId, { ...line, ...parts });
  }

  async signOff(handoffId: string, more: object = {}): Promise<Outcome> {
    const risks = await this.world.rows('select id from risk where tenant_id = $1 and handoff_id = $2', [handoffId]);
    const acceptedRiskIds = risks.map(({ id }) => id as string);
    const statement = 'Feasible as far as can be seen from here.';
    return this.change('sign-off-feasibility', handoffId, { acceptedRiskIds, statement, ...more });
  }

  /** A mutation on a handoff as it stands, by delivery. */
  async change(name: string, handoffId: string, input: object): Promise<Outcome> {
    return this.send(name, await this.on(handoffId, input));
  }

  async send(name: string, input: object, by: Persona = this.delivery): Promise<Outcome> {
    const { data, errors } = await by.graphql(operation(name), { input });
    if (!data) return { type: String(errors[0]?.extensions.code), codes: [], answer: { errors } };
    const answer = Object.values(data)[0] as { __typename: string; findings?: { code: string; severity: string }[] };
    return { type: answer.__typename, codes: (answer.findings ?? []).map(({ code }) => code), answer };
  }

  async ask(name: string, variables: Record<string, unknown>, by: Persona = this.delivery) {
    const { data, errors } = await by.graphql(operation(name), variables);
    if (!data) throw new Error(JSON.stringify(errors));
    return Object.values(data)[0];
  }

  plan(handoffId: string) {
    return this.ask('resource-plan', { id: handoffId });
  }

  /** The engineers' week of the plan: there, promised, asked for. */
  async week(week = '2027-W01'): Promise<(string | null)[]> {
    const [role] = await this.ask('capacity', { fromWeek: week, weeks: 1, role: ' network  ENGINEER ' });
    const { capacityHours, hardHours, softHours, freeHours } = role.weeks[0];
    return [capacityHours, hardHours, softHours, freeHours];
  }

  linesOf(handoffId: string) {
    return this.world.rows('select id from resource_booking where tenant_id = $1 and handoff_id = $2', [handoffId]);
  }

  async on(handoffId: string, input: object = {}): Promise<object> {
    const [row] = await this.world.rows('select revision from handoff where tenant_id = $1 and id = $2', [handoffId]);
    return { handoffId, expectedRevision: Number(row!.revision), ...input };
  }
}
