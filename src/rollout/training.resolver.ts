import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { HandoffResult } from '../handoff/handoff.result.js';
import { shadowOf } from '../handoff/shadow.queries.js';
import { Person } from '../identity/person.entity.js';
import { certifyMember, nameBuddy, recordTraining, revokeCertification } from './training.commands.js';
import { Certification, CertificationState, HandoffBuddy, TrainingRecord } from './training.entity.js';
import {
  CertifyMemberInput,
  NameBuddyInput,
  RecordTrainingInput,
  RevokeCertificationInput,
  TrainingArgs,
} from './training.input.js';
import { stateOf } from './training.rules.js';

const TrainingRecordResult = resultOf('TrainingRecordResult', TrainingRecord);
const CertificationResult = resultOf('CertificationResult', Certification);
const TrainingRecordConnection = connectionOf(TrainingRecord, 'TrainingRecord');
const CertificationConnection = connectionOf(Certification, 'Certification');

const ofPerson = ({ personId }: TrainingArgs): { personId?: string } => (personId ? { personId } : {});

@Resolver(() => TrainingRecord)
export class TrainingRecordResolver {
  @Allow('read', 'TrainingRecord')
  @Query(() => TrainingRecordConnection, { description: 'What members learned by, newest first.' })
  trainings(@Args() args: TrainingArgs, @Ctx() { reader }: RequestContext): Promise<Page<TrainingRecord>> {
    return reader.page(TrainingRecord, ofPerson(args), args.checked());
  }

  @One(TrainingRecord, 'personId', Person, 'The member.')
  person: Person | null;

  @One(TrainingRecord, 'recordedBy', Person, 'Who recorded it.')
  recorder: Person | null;

  @One(TrainingRecord, 'handoffId', Handoff, 'The handoff that was shadowed or observed.')
  handoff: Handoff | null;

  @Runs(recordTraining)
  @Mutation(() => TrainingRecordResult, {
    description:
      'Records what somebody else learned by. Refused: NO_TRAINING_POLICY, COURSE_UNKNOWN, SELF_CERTIFICATION.',
  })
  recordTraining(
    @Arg('input') input: RecordTrainingInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TrainingRecord | RefusedType> {
    return ctx.run(recordTraining, input, info, TrainingRecord);
  }
}

@Resolver(() => Certification)
export class CertificationResolver {
  @Allow('read', 'Certification')
  @Query(() => CertificationConnection, { description: 'Who may hand over alone, now and before, newest first.' })
  certifications(@Args() args: TrainingArgs, @Ctx() { reader }: RequestContext): Promise<Page<Certification>> {
    return reader.page(Certification, ofPerson(args), args.checked());
  }

  @FieldResolver(() => CertificationState, { description: 'Whether it holds.' })
  async state(@Root() certification: Certification, @Ctx() { reader }: RequestContext): Promise<CertificationState> {
    return stateOf(certification, await reader.now());
  }

  @One(Certification, 'personId', Person, 'The member.')
  person: Person | null;

  @One(Certification, 'certifiedBy', Person, 'Who certified them.')
  certifier: Person | null;

  @Runs(certifyMember)
  @Mutation(() => CertificationResult, {
    description: 'Certifies somebody else. Refused with everything that their roles ask for and is not recorded.',
  })
  certifyMember(
    @Arg('input') input: CertifyMemberInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Certification | RefusedType> {
    return ctx.run(certifyMember, input, info, Certification);
  }

  @Runs(revokeCertification)
  @Mutation(() => CertificationResult, { description: 'Ends a certification. Refused: NOT_OPEN.' })
  revokeCertification(
    @Arg('input') input: RevokeCertificationInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Certification | RefusedType> {
    return ctx.run(revokeCertification, input, info, Certification);
  }
}

@Resolver(() => Handoff)
export class HandoffRolloutResolver {
  @FieldResolver(() => Boolean, {
    description: 'Whether what is incomplete lets pass and is only recorded, since the rollout has not reached it.',
  })
  async inShadow(@Root() { id }: Handoff, @Ctx() { reader }: RequestContext): Promise<boolean> {
    return (await reader.keyed('shadowOf', shadowOf, id)) ?? false;
  }

  @FieldResolver(() => HandoffBuddy, {
    nullable: true,
    description: 'Who stands by the rep; null when nobody was named.',
  })
  async buddy(@Root() { id, ownerId }: Handoff, @Ctx() { reader }: RequestContext): Promise<HandoffBuddy | null> {
    const named = await reader.many(HandoffBuddy, 'handoffId', id, ['-id']);
    return named.find(({ repId }) => repId === ownerId) ?? null;
  }

  @Runs(nameBuddy)
  @Mutation(() => HandoffResult, {
    description:
      'Names who stands by the rep of a handoff. Refused: BUDDY_IS_REP, BUDDY_INACTIVE, BUDDY_NOT_CERTIFIED, NOT_EDITABLE.',
  })
  nameBuddy(
    @Arg('input') input: NameBuddyInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(nameBuddy, input, info, Handoff);
  }
}

@Resolver(() => HandoffBuddy)
export class HandoffBuddyResolver {
  @One(HandoffBuddy, 'buddyId', Person, 'The buddy.')
  person: Person | null;

  @One(HandoffBuddy, 'namedBy', Person, 'Who named them.')
  namer: Person | null;
}
