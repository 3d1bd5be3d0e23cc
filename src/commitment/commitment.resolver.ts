import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { First, Many, One } from '../core/graphql/relations.js';
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
  @Many(Commitment, 'handoffId', 'The promises made in the sale, oldest first.')
  commitments: Commitment[];

  @First(CommitmentDeclaration, 'handoffId', 'The statement that nothing was promised, if it was made.')
  commitmentDeclaration: CommitmentDeclaration | null;

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
  @One(Commitment, 'handoffId', Handoff, 'The handoff; its revision is what the next change expects.')
  handoff: Handoff | null;

  @One(Commitment, 'madeBy', Person, 'Who promised it.')
  maker: Person | null;

  @One(Commitment, 'resolvedBy', Person, 'Who gave it its home.')
  resolver: Person | null;

  @One(Commitment, 'recordedBy', Person, 'Who wrote it down.')
  recorder: Person | null;

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
  @One(CommitmentDeclaration, 'declaredBy', Person, 'Who declared it.')
  declarer: Person | null;
}
