import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  Info,
  Mutation,
  ObjectType,
  registerEnumType,
  Resolver,
  Root,
} from 'type-graphql';
import { ApprovalRequest } from '../approval/request.entity.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { ConfigurationState, ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { RequestContext } from '../core/graphql/context.js';
import { Runs } from '../core/graphql/rights.js';
import { resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import type { Reader } from '../core/reader.js';
import { enactConfiguration } from './enact.command.js';
import { EnactConfigurationInput, ProposeConfigurationInput } from './governance.input.js';
import { policyChanges } from './policy-change.rules.js';
import { stateOf, versionSubject } from './proposal.rules.js';
import { proposeConfiguration } from './propose.command.js';

const ConfigurationResult = resultOf('ConfigurationResult', ConfigurationVersion);

export enum PolicyEffectType {
  STRICTER = 'STRICTER',
  LOOSER = 'LOOSER',
  OTHER = 'OTHER',
}
registerEnumType(PolicyEffectType, {
  name: 'PolicyEffect',
  description: 'What a change of policy does to what passes.',
  valuesConfig: {
    STRICTER: { description: 'Less passes, or more people are asked.' },
    LOOSER: { description: 'More passes, or fewer people are asked.' },
    OTHER: { description: 'Neither, or some of both: look at it.' },
  },
});

@ObjectType({ description: 'One change of how approvals are decided.' })
export class PolicyChangeType {
  @Field(() => String, { description: 'Where, by keys, such as approvalPolicy.marginException.above.' })
  path: string;

  @Field(() => String, { nullable: true, description: 'The value before, as JSON; null when it is new.' })
  before: string | null;

  @Field(() => String, { nullable: true, description: 'The value after, as JSON; null when it is gone.' })
  after: string | null;

  @Field(() => PolicyEffectType, { description: 'Whether it tightens or loosens.' })
  effect: PolicyEffectType;
}

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

async function requestOf(reader: Reader, { id }: ConfigurationVersion): Promise<ApprovalRequest | null> {
  const requests = await reader.many(ApprovalRequest, 'subjectId', id, ['-id']);
  return requests.find(({ subjectType }) => subjectType === versionSubject(id).type) ?? null;
}

@Resolver(() => ConfigurationVersion)
export class GovernanceResolver {
  @FieldResolver(() => ConfigurationState, { description: 'Whether it rules, may come to rule, or never will.' })
  async state(@Root() version: ConfigurationVersion, @Ctx() { reader }: RequestContext): Promise<ConfigurationState> {
    const [request, ruling, now] = await Promise.all([
      requestOf(reader, version),
      reader.once('rulingConfiguration', rulingConfiguration),
      reader.now(),
    ]);
    return stateOf(version, request, ruling.id, now);
  }

  @FieldResolver(() => ApprovalRequest, {
    nullable: true,
    description: 'The request by which it is decided: vote on it (castVote). Null for the first version.',
  })
  approvalRequest(
    @Root() version: ConfigurationVersion,
    @Ctx() { reader }: RequestContext,
  ): Promise<ApprovalRequest | null> {
    return requestOf(reader, version);
  }

  @FieldResolver(() => [PolicyChangeType], {
    description:
      'What it changes of how approvals are decided (floors, thresholds, levels, expiry, emergencies, rates), against the version that ruled when it was proposed; each tightens or loosens.',
  })
  async policyChanges(
    @Root() version: ConfigurationVersion,
    @Ctx() { reader }: RequestContext,
  ): Promise<PolicyChangeType[]> {
    const base = await reader.one(ConfigurationVersion, version.baseVersionId);
    if (!base) return [];
    return policyChanges(configurationOf(base), configurationOf(version)).map(({ path, before, after, effect }) =>
      Object.assign(new PolicyChangeType(), { path, before: json(before), after: json(after), effect }),
    );
  }

  @Runs(proposeConfiguration)
  @Mutation(() => ConfigurationResult, {
    description:
      'Proposes a new version and asks for its approval, by the policy that rules now. Refused: BAD_CONFIGURATION for every fault of the file, OTHER_TENANT, PERSON_ERASED, NOTHING_CHANGED, ALREADY_PROPOSED, DATE_IN_THE_PAST, QUORUM_UNREACHABLE for every level that the members of today could not reach.',
  })
  proposeConfiguration(
    @Arg('input') input: ProposeConfigurationInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ConfigurationVersion | RefusedType> {
    return ctx.run(proposeConfiguration, input, info, ConfigurationVersion);
  }

  @Runs(enactConfiguration)
  @Mutation(() => ConfigurationResult, {
    description:
      'Lets a version rule from its date, once its request is approved; a date that has passed means now. Refused: NOT_APPROVED, NOT_PROPOSED, SUPERSEDED, STALE_CONTENT.',
  })
  enactConfiguration(
    @Arg('input') input: EnactConfigurationInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ConfigurationVersion | RefusedType> {
    return ctx.run(enactConfiguration, input, info, ConfigurationVersion);
  }
}

@Resolver(() => ApprovalRequest)
export class ApprovalRequestGovernanceResolver {
  @FieldResolver(() => ConfigurationVersion, {
    nullable: true,
    description: 'The version of the configuration that it is about; null when it is about something else.',
  })
  configurationVersion(
    @Root() request: ApprovalRequest,
    @Ctx() { reader }: RequestContext,
  ): Promise<ConfigurationVersion | null> {
    const { type } = versionSubject(request.subjectId);
    return request.subjectType === type ? reader.one(ConfigurationVersion, request.subjectId) : Promise.resolve(null);
  }
}
