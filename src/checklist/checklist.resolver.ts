import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Int, Mutation, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
import { Runs } from '../core/graphql/rights.js';
import { LocalDateScalar } from '../core/graphql/scalars.js';
import { resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { ChecklistItem } from './checklist.entity.js';
import {
  ChecklistItemInput,
  ReasonedItemInput,
  RejectEvidenceInput,
  SubmitEvidenceInput,
  VerifyEvidenceInput,
} from './checklist.input.js';
import { completenessNow, verdictNow } from './checklist.view.js';
import { rejectEvidence, submitEvidence, verifyEvidence } from './evidence.commands.js';
import { Evidence } from './evidence.entity.js';
import { acceptNotApplicable, claimNotApplicable, reopenItem } from './item.commands.js';
import { ItemStatus, StatusReason } from './status.rules.js';

const ChecklistItemResult = resultOf('ChecklistItemResult', ChecklistItem);
type Answer = Promise<ChecklistItem | RefusedType>;

@Resolver(() => Handoff)
export class HandoffChecklistResolver {
  @Many(ChecklistItem, 'handoffId', 'What must be proven before closed-won.', { orderBy: ['position', 'id'] })
  checklist: ChecklistItem[];

  @FieldResolver(() => Int, {
    description:
      'Completeness now, in basis points: weight of required items with valid verified evidence over the weight of those that apply.',
  })
  completenessBps(@Root() handoff: Handoff, @Ctx() { reader }: RequestContext): Promise<number> {
    return completenessNow(reader, handoff);
  }
}

@Resolver(() => ChecklistItem)
export class ChecklistItemResolver {
  @One(ChecklistItem, 'handoffId', Handoff, 'The handoff; its revision is what the next change expects.')
  handoff: Handoff | null;

  @Many(Evidence, 'itemId', 'All evidence given for it, newest first; the first counts.', { orderBy: ['-sequence'] })
  evidence: Evidence[];

  @FieldResolver(() => ItemStatus, {
    description: 'What it is worth now, with the age of its evidence and the changes of the deal.',
  })
  async status(@Root() item: ChecklistItem, @Ctx() { reader }: RequestContext): Promise<ItemStatus> {
    return (await verdictNow(reader, item)).effective;
  }

  @FieldResolver(() => StatusReason, { nullable: true, description: 'Why it does not count; null when it does.' })
  async statusReason(@Root() item: ChecklistItem, @Ctx() { reader }: RequestContext): Promise<StatusReason | null> {
    return (await verdictNow(reader, item)).reason;
  }

  @FieldResolver(() => LocalDateScalar, {
    nullable: true,
    description: 'The last day on which its evidence is valid; null: no end, or none counts.',
  })
  async validUntil(@Root() item: ChecklistItem, @Ctx() { reader }: RequestContext): Promise<string | null> {
    return (await verdictNow(reader, item)).validUntil;
  }

  @One(ChecklistItem, 'naClaimedBy', Person, 'Who claimed that it does not apply.')
  notApplicableClaimedBy: Person | null;

  @One(ChecklistItem, 'naAcceptedBy', Person, 'Who accepted that it does not apply.')
  notApplicableAcceptedBy: Person | null;

  @One(ChecklistItem, 'reopenedBy', Person, 'Who last reopened it.')
  reopenedBy: Person | null;

  @Runs(submitEvidence)
  @Mutation(() => ChecklistItemResult, {
    description: 'Gives evidence for an item: link, content hash, signers, dates. The latest counts.',
  })
  submitEvidence(
    @Arg('input') input: SubmitEvidenceInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(submitEvidence, input, info, ChecklistItem);
  }

  @Runs(verifyEvidence)
  @Mutation(() => ChecklistItemResult, {
    description: "Verifies evidence; by the item's verifier role, never by who gave it (SELF_VERIFICATION).",
  })
  verifyEvidence(
    @Arg('input') input: VerifyEvidenceInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(verifyEvidence, input, info, ChecklistItem);
  }

  @Runs(rejectEvidence)
  @Mutation(() => ChecklistItemResult, {
    description: 'Rejects evidence, with a reason; never by who gave it (SELF_VERIFICATION).',
  })
  rejectEvidence(
    @Arg('input') input: RejectEvidenceInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(rejectEvidence, input, info, ChecklistItem);
  }

  @Runs(claimNotApplicable)
  @Mutation(() => ChecklistItemResult, {
    description: 'Says that an item does not apply, with a reason; counts only once somebody else accepts it.',
  })
  claimNotApplicable(
    @Arg('input') input: ReasonedItemInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(claimNotApplicable, input, info, ChecklistItem);
  }

  @Runs(acceptNotApplicable)
  @Mutation(() => ChecklistItemResult, {
    description: 'Accepts that an item does not apply; never by who claimed it (SELF_VERIFICATION).',
  })
  acceptNotApplicable(
    @Arg('input') input: ChecklistItemInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(acceptNotApplicable, input, info, ChecklistItem);
  }

  @Runs(reopenItem)
  @Mutation(() => ChecklistItemResult, {
    description: 'Takes back what was verified, accepted or claimed, with a reason.',
  })
  reopenItem(
    @Arg('input') input: ReasonedItemInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Answer {
    return ctx.run(reopenItem, input, info, ChecklistItem);
  }
}

@Resolver(() => Evidence)
export class EvidenceResolver {
  @One(Evidence, 'submittedBy', Person, 'Who gave it.')
  submitter: Person | null;

  @One(Evidence, 'verifiedBy', Person, 'Who verified or rejected it.')
  verifier: Person | null;
}
