import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { FindingType } from '../core/graphql/types.js';
import { MarginPart } from '../margin/margin.entity.js';

export enum PastOutcome {
  MET = 'MET',
  EXCEPTED = 'EXCEPTED',
  PENDING = 'PENDING',
  REJECTED = 'REJECTED',
  LAPSED = 'LAPSED',
  REFUSED = 'REFUSED',
}
registerEnumType(PastOutcome, {
  name: 'PastOutcome',
  description: 'What came of a past deal at the margin gate.',
  valuesConfig: {
    MET: { description: 'It met its floors.' },
    EXCEPTED: { description: 'It was below a floor, and an exception was approved.' },
    PENDING: { description: 'It was below a floor, and its exception was undecided at the end of the period.' },
    REJECTED: { description: 'Its exception was rejected.' },
    LAPSED: { description: 'Its exception ran out or was withdrawn.' },
    REFUSED: { description: 'The gate refused it, and nobody asked for an exception.' },
  },
});

export enum GravityType {
  BELOW = 'BELOW',
  MATERIAL = 'MATERIAL',
  GRAVE = 'GRAVE',
}
registerEnumType(GravityType, {
  name: 'Gravity',
  description: 'How grave a shortfall is under a policy: which level answers it.',
  valuesConfig: {
    BELOW: { description: 'Within every threshold.' },
    MATERIAL: { description: 'Above materiality.' },
    GRAVE: { description: 'Beyond the second threshold.' },
  },
});

@ObjectType({ description: 'A group that would have had to answer.' })
export class SimulatedStep {
  @Field(() => String, { description: 'Its name in the policy.' })
  name: string;

  @Field(() => Int, { description: 'How many different people.' })
  approvers: number;

  @Field(() => [String], { description: 'Holders of these roles may fill it.' })
  roles: string[];

  @Field(() => Int, { description: 'How many people the policy names for it beside the roles.' })
  named: number;
}

@ObjectType({ description: 'A past deal: what happened, and what the simulated policy says of it.' })
export class SimulatedDeal {
  handoffId: string;

  /** Whose approvals stood then, by person record. */
  approverIds: readonly string[];

  @Field(() => DateTimeScalar, { description: 'When its exception was asked for; else when the gate judged it.' })
  at: Date;

  @Field(() => Boolean, {
    description:
      'Whether service template and deal type are certainly those of then; false when it may have been reclassified since.',
  })
  exact: boolean;

  @Field(() => PastOutcome, { description: 'What came of it then.' })
  outcome: PastOutcome;

  @Field(() => Int, { description: 'How many people were asked for then; 0 when nobody was.' })
  approversNeededThen: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'Working minutes from the request to the approval then, by the calendar that rules; null when there was none.',
  })
  businessMinutesThen: number | null;

  @Field(() => Boolean, { description: 'Whether the simulated policy refuses it without an exception.' })
  refused: boolean;

  @Field(() => [String], { description: 'The codes of what the simulated policy finds, each once.' })
  codes: string[];

  @Sensitive('MARGIN')
  @Field(() => [MarginPart], {
    description: 'Every judged part against the simulated floors, the whole contract first.',
  })
  parts: MarginPart[];

  @Field(() => GravityType, { nullable: true, description: 'How grave the shortfall is; null when there is none.' })
  gravity: GravityType | null;

  @Field(() => [SimulatedStep], { description: 'Who would have had to approve; empty when nobody.' })
  steps: SimulatedStep[];

  @Field(() => Int, { description: 'How many different people would have had to approve.' })
  approversNeeded: number;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the people of then could have reached it; null when nobody would have had to approve.',
  })
  reachable: boolean | null;

  @Field(() => [FindingType], { description: 'Who was missing then; empty when they could have reached it.' })
  missing: FindingType[];

  @Field(() => Int, {
    nullable: true,
    description: 'Median of the working minutes that approvals by as many people took here; null without a history.',
  })
  medianBusinessMinutes: number | null;

  @Field(() => Int, { nullable: true, description: 'The 90th percentile of the same; null without a history.' })
  p90BusinessMinutes: number | null;

  @Field(() => Int, { description: 'How many approvals these were measured from.' })
  leadSamples: number;
}

@ObjectType({ description: 'What a policy would ask of the holders of one role.' })
export class RoleWorkload {
  @Field(() => String, { description: 'The role.' })
  role: string;

  @Field(() => Int, {
    description:
      'Approvals that holders of this role could give then; one that several roles could give counts for each.',
  })
  past: number;

  @Field(() => Int, { description: 'The same under the simulated policy.' })
  simulated: number;
}

@ObjectType({ description: 'The sum of a simulation.' })
export class SimulationTotals {
  @Field(() => Int, { description: 'Deals that were below a floor then.' })
  refusedThen: number;

  @Field(() => Int, { description: 'Deals that the simulated policy refuses without an exception.' })
  refused: number;

  @Field(() => Int, { description: 'Deals that met their floors then and are refused now.' })
  newlyRefused: number;

  @Field(() => Int, { description: 'Deals that were below a floor then and pass now.' })
  noLongerRefused: number;

  @Field(() => Int, { description: 'Approvals that were asked for then.' })
  approvalsThen: number;

  @Field(() => Int, { description: 'Approvals that the simulated policy asks for.' })
  approvals: number;

  @Field(() => Int, { description: 'Deals whose approvers the people of then could not have been.' })
  unreachable: number;

  @Field(() => Int, {
    description: 'Sum of the median working minutes of the deals that would need approval and have a history.',
  })
  estimatedBusinessMinutes: number;

  @Field(() => Int, { description: 'Deals that would need approval and for which nothing was ever measured.' })
  unestimated: number;

  @Field(() => [RoleWorkload], { description: 'Approvals by role.' })
  workload: RoleWorkload[];
}

@ObjectType({ description: 'A policy run over past deals.' })
export class PolicySimulation {
  @Field(() => [FindingType], {
    description: 'Why the file cannot be simulated, every fault with its line; then there are no deals.',
  })
  findings: FindingType[];

  @Field(() => LocalDateScalar, { description: 'The day whose floors and exchange rates are used.' })
  on: string;

  @Field(() => DateTimeScalar, { description: 'The beginning of the period.' })
  from: Date;

  @Field(() => DateTimeScalar, { description: 'The end of the period; it does not belong to it any more.' })
  to: Date;

  @Field(() => Int, { description: 'How many deals there are in the period.' })
  total: number;

  @Field(() => Boolean, { description: 'Whether only the newest 500 of them were run.' })
  cut: boolean;

  /** The deals that were run, newest first. */
  run: readonly SimulatedDeal[];

  @Field(() => SimulationTotals, { description: 'The sum of the deals that were run.' })
  totals: SimulationTotals;
}
