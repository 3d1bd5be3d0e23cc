import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../../core/graphql/context.js';
import { Runs } from '../../core/graphql/rights.js';
import { resultOf } from '../../core/graphql/shapes.js';
import type { RefusedType } from '../../core/graphql/types.js';
import { Project } from '../../project/project.entity.js';
import { provisionProject } from './psa.commands.js';
import { ProvisionProjectInput } from './psa.input.js';
import { PsaObject } from './psa-object.entity.js';

const ProvisionProjectResult = resultOf('ProvisionProjectResult', Project);

/** What of a project stands in the PSA. */
@Resolver(() => Project)
export class ProjectPsaResolver {
  @FieldResolver(() => [PsaObject], {
    description:
      'Its counterparts in the PSA: the project, its milestones and tasks, by their labels. Empty where no PSA is connected; what went wrong stands in `outboxEffects`, by the id of the handoff.',
  })
  psaObjects(@Root() project: Project, @Ctx() { reader }: RequestContext): Promise<PsaObject[]> {
    return reader.many(PsaObject, 'handoffId', project.handoffId, ['label']);
  }

  @Runs(provisionProject)
  @Mutation(() => ProvisionProjectResult, {
    description: 'Brings the project into the PSA again as it is planned now; what is there is found and kept.',
  })
  provisionProject(
    @Arg('input') input: ProvisionProjectInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Project | RefusedType> {
    return ctx.run(provisionProject, input, info, Project);
  }
}
