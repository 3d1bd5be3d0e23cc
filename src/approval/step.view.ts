import { Field, Int, ObjectType } from 'type-graphql';
import { barredFrom, fits, humansOf, seatingOf, votesOfRound, type VotingFacts } from './approval.rules.js';

@ObjectType({ description: 'One group that must answer a request: so many different people out of these.' })
export class ApprovalStep {
  @Field(() => String, { description: 'Its name in the policy.' })
  name: string;

  @Field(() => Int, { description: 'How many different people it takes.' })
  approvers: number;

  @Field(() => [String], { description: 'Holders of these roles may fill it.' })
  roles: string[];

  @Field(() => Int, { description: 'How many are still missing.' })
  missing: number;

  /** Canonical people who could still fill it. */
  candidateIds: readonly string[];
}

/** The steps of a request with who is missing; a person sits in one step only. */
export function stepsOf(facts: VotingFacts, now: Date): ApprovalStep[] {
  const { request, standing } = facts;
  const voted = new Set(votesOfRound(facts).flatMap((vote) => humansOf(vote, standing)));
  const barred = barredFrom(facts);
  const idle = standing.people.filter((person) => !voted.has(person) && !barred.has(person));
  const seatings = seatingOf(facts, now);
  return request.need.quorums.flatMap((quorum, index) =>
    quorum.map((step) => {
      const missing = seatings[index]!.free.find((free) => free.step === step)?.missing ?? 0;
      return Object.assign(new ApprovalStep(), {
        name: step.name,
        approvers: step.approvers,
        roles: [...step.roles],
        missing,
        candidateIds: idle.filter((person) => fits(facts, person, step, now, voted)),
      });
    }),
  );
}
