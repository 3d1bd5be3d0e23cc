import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Runs } from '../core/graphql/rights.js';
import { resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import { Deal } from '../deal/deal.entity.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { HandoffResult } from '../handoff/handoff.result.js';
import { Person } from '../identity/person.entity.js';
import { eraseClientContact, eraseDealContacts, erasePerson } from './erasure.commands.js';
import { EraseClientContactInput, EraseDealContactsInput, ErasePersonInput } from './erasure.input.js';

const ErasePersonResult = resultOf('ErasePersonResult', Person);
const EraseDealContactsResult = resultOf('EraseDealContactsResult', Deal);

@Resolver()
export class ErasureResolver {
  @Runs(erasePerson)
  @Mutation(() => ErasePersonResult, {
    description:
      'Erases a member for good: name, addresses, accounts, and the keys of what may not change. Refused with OPEN_DUTY while others rely on them. It cannot be undone.',
  })
  erasePerson(
    @Arg('input') input: ErasePersonInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Person | RefusedType> {
    return ctx.run(erasePerson, input, info, Person);
  }

  @Runs(eraseClientContact)
  @Mutation(() => HandoffResult, {
    description:
      "Erases a person of the client for good, in all handoffs of that client. The deal's payload as it came and the other names in its earlier briefs go along. It cannot be undone.",
  })
  eraseClientContact(
    @Arg('input') input: EraseClientContactInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Handoff | RefusedType> {
    return ctx.run(eraseClientContact, input, info, Handoff);
  }

  @Runs(eraseDealContacts)
  @Mutation(() => EraseDealContactsResult, {
    description:
      "Erases everybody on the client's side of a deal for good, with the deal's payload as it came. It cannot be undone.",
  })
  eraseDealContacts(
    @Arg('input') input: EraseDealContactsInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Deal | RefusedType> {
    return ctx.run(eraseDealContacts, input, info, Deal);
  }
}
