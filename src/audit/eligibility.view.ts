import { IsDate, IsUUID } from 'class-validator';
import { ArgsType, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { badInput } from '../core/error.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import type { Reader } from '../core/reader.js';
import { approversNeeded } from '../approval/need.rules.js';
import { ApprovalState } from '../approval/request.entity.js';
import { Person } from '../identity/person.entity.js';
import { Role } from '../identity/roles.js';
import { peopleAt, requestHistory } from './eligibility.queries.js';
import { eligibilityAt, type MemberEligibility, thenAt } from './eligibility.rules.js';

enum BarredAs {
  REQUESTER = 'REQUESTER',
  OWNER = 'OWNER',
  CONTRIBUTOR = 'CONTRIBUTOR',
}
registerEnumType(BarredAs, {
  name: 'BarredAs',
  description: 'As what somebody may not answer a request.',
  valuesConfig: {
    REQUESTER: { description: 'They asked for it.' },
    OWNER: { description: 'They own what it is about.' },
    CONTRIBUTOR: { description: 'They wrote on the content.' },
  },
});

@ArgsType()
export class EligibilityArgs {
  @IsUUID()
  @Field(() => ID, { description: 'The request.' })
  requestId: string;

  @IsDate()
  @Field(() => DateTimeScalar, { description: 'The instant: from when it was opened until now.' })
  at: Date;
}

@ObjectType('RoleThen', { description: 'A role that somebody held at an instant of the past.' })
export class RoleThenType {
  @Field(() => Role, { description: 'The role.' })
  role: Role;

  @Field(() => ID, { description: 'The id of the grant.' })
  grantId: string;

  @Field(() => DateTimeScalar, { description: 'Since when.' })
  since: Date;

  @Field(() => String, { description: 'Who gave it: the id of a person, or the name of a job.' })
  grantedBy: string;

  @Field(() => String, {
    nullable: true,
    description: 'Who had confirmed it by then: the id of a person, or the name of a job; null while nobody had.',
  })
  confirmedBy: string | null;

  @Field(() => Boolean, { description: 'Whether it counted: held long enough, or confirmed by somebody independent.' })
  counts: boolean;
}

@ObjectType('MemberEligibility', { description: 'Whether one member could have approved, and why or why not.' })
export class MemberEligibilityType {
  @Field(() => Person, { description: 'The member.' })
  person: Person;

  @Field(() => Boolean, {
    description: 'Whether they could have approved for themselves, had they signed in just then.',
  })
  could: boolean;

  @Field(() => [String], {
    description:
      'Everything against it: the codes by which castVote would have refused, and MERGED, SUSPENDED, NO_ROLE.',
  })
  reasons: string[];

  @Field(() => BarredAs, { nullable: true, description: 'As what they were barred; null when they were not.' })
  barredAs: BarredAs | null;

  @Field(() => [String], { description: 'The steps that they could have filled.' })
  steps: string[];

  @Field(() => Boolean, { description: 'Whether the policy named them, so that they needed no role.' })
  isNamed: boolean;

  @Field(() => [RoleThenType], { description: 'The roles that they held, of those that answer the request.' })
  roles: RoleThenType[];

  @Field(() => [Person], { description: 'For whom they could have voted by delegation.' })
  insteadOf: Person[];
}

@ObjectType('Eligibility', { description: 'Who could have approved a request at an instant of the past.' })
export class EligibilityType {
  @Field(() => DateTimeScalar, { description: 'The instant.' })
  at: Date;

  @Field(() => Int, { description: 'The round that was being voted on.' })
  round: number;

  @Field(() => String, { description: 'SHA-256 of the content of that round.' })
  digest: string;

  @Field(() => ApprovalState, { description: 'Where the request stood, before what happened in that very instant.' })
  state: ApprovalState;

  @Field(() => Int, { description: 'How many different people it took.' })
  approversNeeded: number;

  @Field(() => [MemberEligibilityType], { description: 'Everybody who was a member then, by handle.' })
  members: MemberEligibilityType[];
}

/** The answer; NOT_FOUND without the request, BAD_USER_INPUT for an instant before it or in the future. */
export async function eligibilityFor(reader: Reader, { requestId, at }: EligibilityArgs): Promise<EligibilityType> {
  const [history, people, now] = await Promise.all([
    reader.askAll(requestHistory(requestId)),
    reader.askAll(peopleAt(at)),
    reader.now(),
  ]);
  const { openedAt } = history.request;
  if (at < openedAt)
    throw badInput('at', 'lies before the request was opened', `Give ${openedAt.toISOString()} or later.`);
  if (at > now) throw badInput('at', 'lies in the future', `Give ${now.toISOString()} or earlier.`);
  const { round, digest, state, need, members } = eligibilityAt(history, people, thenAt(history, at));
  const ids = [...new Set(members.flatMap(({ member, insteadOf }) => [member.personId, ...insteadOf]))];
  const loaded = await Promise.all(ids.map((id) => reader.one(Person, id)));
  const person = new Map(loaded.flatMap((one) => (one ? [[one.id, one] as const] : [])));
  return Object.assign(new EligibilityType(), {
    at,
    round,
    digest,
    state,
    approversNeeded: approversNeeded(need),
    members: members.map((one) => memberType(one, person)),
  });
}

function memberType(
  { member, insteadOf, roles, ...rest }: MemberEligibility,
  person: ReadonlyMap<string, Person>,
): MemberEligibilityType {
  return Object.assign(new MemberEligibilityType(), {
    ...rest,
    person: person.get(member.personId)!,
    insteadOf: insteadOf.flatMap((id) => person.get(id) ?? []),
    roles: roles.map((role) => Object.assign(new RoleThenType(), role)),
  });
}
