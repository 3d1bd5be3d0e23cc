import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
import { Runs } from '../core/graphql/rights.js';
import type { RefusedType } from '../core/graphql/types.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { HandoffResult } from '../handoff/handoff.result.js';
import { Person } from '../identity/person.entity.js';
import { acceptCheckpoint, returnCheckpoint } from './checkpoint.commands.js';
import { Checkpoint, CheckpointReturn } from './checkpoint.entity.js';
import { CheckpointInput, ReturnCheckpointInput } from './checkpoint.input.js';

@Resolver(() => Handoff)
export class HandoffPhaseResolver {
  @Many(Checkpoint, 'handoffId', 'The handoff points of a handoff in phases, in order; from the sign-off on.', {
    orderBy: ['position', 'id'],
  })
  checkpoints: Checkpoint[];

  @Runs(acceptCheckpoint)
  @Mutation(() => HandoffResult, { description: 'Accepts a checkpoint: what it asks for is there.' })
  acceptCheckpoint(
    @Arg('input') input: CheckpointInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(acceptCheckpoint, input, info, Handoff);
  }

  @Runs(returnCheckpoint)
  @Mutation(() => HandoffResult, { description: 'Does not accept a checkpoint, naming the gaps.' })
  returnCheckpoint(
    @Arg('input') input: ReturnCheckpointInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(returnCheckpoint, input, info, Handoff);
  }
}

@Resolver(() => Checkpoint)
export class CheckpointResolver {
  @Many(CheckpointReturn, 'checkpointId', 'Every return with its gaps, newest first.', { orderBy: ['-id'] })
  returns: CheckpointReturn[];

  @One(Checkpoint, 'acceptedBy', Person, 'Who accepted it.')
  accepter: Person | null;
}

@Resolver(() => CheckpointReturn)
export class CheckpointReturnResolver {
  @One(CheckpointReturn, 'returnedBy', Person, 'Who returned it.')
  returner: Person | null;
}
