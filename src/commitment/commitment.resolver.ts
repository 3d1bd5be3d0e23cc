import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Runs } from '../core/graphql/rights.js';
import { resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { HandoffResult } from '../handoff/handoff.result.js';
import { Person } from '../identity/person.entity.js';
import { addCommitment, declareNoCommitments, resolveCommitment, reviseCommitment } from './commitment.commands.js';
import { Commitment, CommitmentDeclaration } from './commitment.entity.js';
import { AddCommitmentInput, ResolveCommitmentInput, ReviseCommitmentInput } from './commitment.input.js';

const CommitmentResult = resultOf('CommitmentResult', Commitment);
type Answer = Promise<Commitment | RefusedType>;

@Resolver(() => Handoff)
export class HandoffCommitmentResolver {
  @FieldResolver(() => [Commitment], { description: 'The promises made in the sale, oldest first.' })
  commitments(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<Commitment[]> {
    return reader.many(Commitment, 'handoffId', handoff.id);
  }

  @FieldResolver(() => CommitmentDeclaration, {
    nullable: true,
    description: 'The statement that nothing was promised, if it was made.',
  })
  commitmentDeclaration(
    @Root() handoff: Handoff,
    @Ctx() { reader }: RequestContext,
  ): Promise<CommitmentDeclaration | null> {
    return reader.first(CommitmentDeclaration, 'handoffId', handoff.id);
  }

  @Runs(declareNoCommitments)
  @Mutation(() => HandoffResult, { description: 'Says that nothing was promised beside the contract.' })
  declareNoCommitments(
    @Arg('input') input: HandoffChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(declareNoCommitments, input, info, Handoff);
  }
}

@Resolver(() => Commitment)
export class CommitmentResolver {
  @FieldResolver(() => Handoff, {
    nullable: true,
    description: 'The handoff; its revision is what the next change expects.',
  })
  handoff(@Root() commitment: Commitment, @Ctx() { reader }: RequestContext): Promise<Handoff | null> {
    return reader.one(Handoff, commitment.handoffId);
  }

  @FieldResolver(() => Person, { nullable: true, description: 'Who promised it.' })
  maker(@Root() commitment: Commitment, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, commitment.madeBy);
  }

  @FieldResolver(() => Person, { nullable: true, description: 'Who gave it its home.' })
  resolver(@Root() commitment: Commitment, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, commitment.resolvedBy);
  }

  @FieldResolver(() => Person, { nullable: true, description: 'Who wrote it down.' })
  recorder(@Root() commitment: Commitment, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, commitment.recordedBy);
  }

  @Runs(addCommitment)
  @Mutation(() => CommitmentResult, { description: 'Writes down a promise, verbal ones too.' })
  addCommitment(
    @Arg('input') input: AddCommitmentInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(addCommitment, input, info, Commitment);
  }

  @Runs(reviseCommitment)
  @Mutation(() => CommitmentResult, { description: 'Corrects a promise; one that had its home is open again.' })
  reviseCommitment(
    @Arg('input') input: ReviseCommitmentInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(reviseCommitment, input, info, Commitment);
  }

  @Runs(resolveCommitment)
  @Mutation(() => CommitmentResult, {
    description: 'Ends a promise as a scope line, as a task, or declined with a reason.',
  })
  resolveCommitment(
    @Arg('input') input: ResolveCommitmentInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(resolveCommitment, input, info, Commitment);
  }
}

@Resolver(() => CommitmentDeclaration)
export class CommitmentDeclarationResolver {
  @FieldResolver(() => Person, { nullable: true, description: 'Who declared it.' })
  declarer(@Root() declaration: CommitmentDeclaration, @Ctx() { reader }: RequestContext): Promise<Person | null> {
    return reader.one(Person, declaration.declaredBy);
  }
}
