import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { RequestContext } from '../core/graphql/context.js';
import { One } from '../core/graphql/relations.js';
import { Allow, Runs, Sensitive } from '../core/graphql/rights.js';
import { resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import { dayAfter } from '../core/local-day.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { Person } from '../identity/person.entity.js';
import { setAbsence, setCapacity } from './capacity.commands.js';
import { CapacityChange } from './capacity.entity.js';
import { CapacityArgs, CapacityChangeInput } from './capacity.input.js';
import { changesWithin, linesWithin } from './capacity.queries.js';
import { PersonCapacityType, RoleCapacityType } from './capacity.types.js';
import { capacityTable } from './capacity.view.js';
import { teamOf } from './team.rules.js';

const CapacityChangeResult = resultOf('CapacityChangeResult', CapacityChange);

@Resolver(() => RoleCapacityType)
export class CapacityResolver {
  @Allow('read', 'CapacityChange')
  @Query(() => [RoleCapacityType], {
    description: 'What the team has, has promised and is asked for, by role, person and week (document 004).',
  })
  async capacity(@Args() args: CapacityArgs, @Ctx() { reader }: RequestContext): Promise<RoleCapacityType[]> {
    const mondays = args.mondays();
    const [first, last] = [mondays[0]!, mondays.at(-1)!];
    const { ruling, people, changes, lines } = await reader.askAll({
      ruling: rulingConfiguration(),
      people: eligiblePeople(),
      changes: changesWithin(first, last),
      lines: linesWithin(first, dayAfter(last, 6)),
    });
    return capacityTable({
      team: teamOf(ruling, people, changes),
      lines,
      changes,
      mondays,
      role: args.role ?? null,
    });
  }

  // A list of who is away when tells of people.
  @Sensitive('PERSONAL')
  @FieldResolver(() => [CapacityChange], {
    description: 'What was said of these weeks, newest first; of the same kind, person and week the newest counts.',
  })
  changes(@Root() { changes }: RoleCapacityType): CapacityChange[] {
    return changes;
  }

  @Runs(setCapacity)
  @Mutation(() => CapacityChangeResult, {
    description: 'Says how many hours a role, or one person in it, has in one week.',
  })
  setCapacity(
    @Arg('input') input: CapacityChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<CapacityChange | RefusedType> {
    return ctx.run(setCapacity, input, info, CapacityChange);
  }

  @Runs(setAbsence)
  @Mutation(() => CapacityChangeResult, {
    description: 'Says how many hours a role, or one person in it, is away in one week.',
  })
  setAbsence(
    @Arg('input') input: CapacityChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<CapacityChange | RefusedType> {
    return ctx.run(setAbsence, input, info, CapacityChange);
  }
}

@Resolver(() => PersonCapacityType)
export class PersonCapacityResolver {
  @One(PersonCapacityType, 'personId', Person, 'The person.')
  person: Person | null;
}

@Resolver(() => CapacityChange)
export class CapacityChangeResolver {
  @One(
    CapacityChange,
    'personId',
    Person,
    'The person; null for everybody in the role whose hours are not counted by name.',
  )
  person: Person | null;

  @One(CapacityChange, 'setBy', Person, 'Who said it.')
  setter: Person | null;
}
