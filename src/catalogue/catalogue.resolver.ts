import { Args, Ctx, Field, FieldResolver, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { allows } from '../core/ability.js';
import { canonicalJson } from '../core/canonical.js';
import { RequestContext } from '../core/graphql/context.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { personalTextsOf } from '../core/graphql/personal-texts.js';
import { Allow, Sensitive } from '../core/graphql/rights.js';
import { connectionOf } from '../core/graphql/shapes.js';
import type { Page } from '../core/page.js';
import { configurationOf, rulingConfiguration } from './catalogue.queries.js';
import { diffConfigurations } from './configuration-diff.js';
import type { TenantConfiguration } from './configuration.js';
import { ConfigurationVersion } from './configuration-version.entity.js';
import { joinConfiguration } from './stored-configuration.js';

const ConfigurationVersionConnection = connectionOf(ConfigurationVersion, 'ConfigurationVersion');

@ObjectType({ description: 'One difference between two versions of the configuration.' })
export class ConfigurationChangeType {
  @Field(() => String, { description: 'Where, by keys, such as marginFloors.managed-network.' })
  path: string;

  @Field(() => String, { nullable: true, description: 'The value before, as JSON; null when it is new.' })
  before: string | null;

  @Field(() => String, { nullable: true, description: 'The value after, as JSON; null when it is gone.' })
  after: string | null;
}

async function configurationWithNames(
  ctx: RequestContext,
  version: ConfigurationVersion,
): Promise<TenantConfiguration> {
  return joinConfiguration(configurationOf(version), await personalTextsOf(ctx, version.id));
}

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

@Resolver(() => ConfigurationVersion)
export class CatalogueResolver {
  @Allow('read', 'ConfigurationVersion')
  @Query(() => ConfigurationVersion, { description: 'The configuration that rules now.' })
  configuration(@Ctx() { reader }: RequestContext): Promise<ConfigurationVersion> {
    return reader.ask(rulingConfiguration());
  }

  @Allow('read', 'ConfigurationVersion')
  @Query(() => ConfigurationVersionConnection, { description: 'Every version, newest first.' })
  configurationVersions(
    @Args() args: PageArgs,
    @Ctx() { reader }: RequestContext,
  ): Promise<Page<ConfigurationVersion>> {
    return reader.page(ConfigurationVersion, {}, args.checked());
  }

  @Sensitive('PERSONAL')
  @FieldResolver(() => String, {
    description:
      'The whole configuration as canonical JSON, with the names of its people; those who were erased are an Erased person.',
  })
  async document(@Root() version: ConfigurationVersion, @Ctx() ctx: RequestContext): Promise<string> {
    return canonicalJson(await configurationWithNames(ctx, version));
  }

  @FieldResolver(() => [ConfigurationChangeType], {
    description:
      'What is different from the version that rules now. To roles that may not see personal data, another name shows as another commitment.',
  })
  async changes(@Root() version: ConfigurationVersion, @Ctx() ctx: RequestContext): Promise<ConfigurationChangeType[]> {
    const ruling = await ctx.reader.once('rulingConfiguration', rulingConfiguration);
    const changes = allows(ctx.ability, 'see', 'PERSONAL')
      ? diffConfigurations(await configurationWithNames(ctx, ruling), await configurationWithNames(ctx, version))
      : diffConfigurations(configurationOf(ruling), configurationOf(version));
    return changes.map(({ path, before, after }) => ({ path, before: json(before), after: json(after) }));
  }
}
