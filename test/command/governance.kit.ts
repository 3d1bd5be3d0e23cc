import { castVote } from '../../src/approval/approval.commands.js';
import type { ApprovalRequest } from '../../src/approval/request.entity.js';
import { ApprovalRequest as Request } from '../../src/approval/request.entity.js';
import { VoteDecision } from '../../src/approval/vote.entity.js';
import { ConfigurationVersion } from '../../src/catalogue/configuration-version.entity.js';
import type { TenantConfiguration } from '../../src/catalogue/configuration.js';
import { select, selectRequired } from '../../src/core/statement.js';
import { enactConfiguration } from '../../src/governance/enact.command.js';
import { proposeConfiguration } from '../../src/governance/propose.command.js';
import type { Persona, World } from '../kit/world.js';

export type Change = (configuration: TenantConfiguration) => void;

/** The tenant's file with a change; JSON is YAML too. */
export function changed(world: World, change: Change): string {
  const configuration = JSON.parse(JSON.stringify(world.configuration)) as TenantConfiguration;
  change(configuration);
  return JSON.stringify(configuration);
}

/** What a proposal of the changed file is sent as. */
export const proposal = (world: World, change: Change, effectiveFrom: Date | null = null) => ({
  payload: changed(world, change),
  effectiveFrom,
});

/** Raises the floor that the below-floor sample is judged by, so far that two of finance and a lead must answer. */
export const RAISE_FLOORS: Change = ({ marginFloors }) => {
  for (const floor of marginFloors) floor.floorBps = Math.min(10_000, floor.floorBps + 4000);
};

/** Every level of an exception takes three different people of finance. */
export const ASK_THREE: Change = ({ approvalPolicy: { marginException } }) => {
  marginException.below = { approvers: 1, roles: ['FINANCE_APPROVER'] };
  marginException.above = { approvers: 3, roles: ['FINANCE_APPROVER', 'SERVICE_DELIVERY_LEAD'] };
  delete marginException.grave;
  delete marginException.byDealType;
};

/** Something that approvals do not hang on. */
export const rename =
  (name: string): Change =>
  ({ tenant }) => {
    tenant.name = name;
  };

export async function versionOf(world: World, id: string): Promise<ConfigurationVersion> {
  return (await world.read({ row: selectRequired(ConfigurationVersion, id) })).row;
}

export async function requestAbout(world: World, subjectId: string): Promise<ApprovalRequest> {
  return (await world.read({ rows: select(Request, { subjectId }, { orderBy: ['-id'] }) })).rows[0]!;
}

/** A vote on the request about a subject as it is now. */
export async function voteOn(world: World, subjectId: string, decision = VoteDecision.APPROVE) {
  const { id: requestId, digest } = await requestAbout(world, subjectId);
  return { requestId, digest, decision, reason: 'I looked at it.', expectedRevision: null };
}

export async function enactment(world: World, versionId: string) {
  return { versionId, digest: (await versionOf(world, versionId)).digest };
}

/** Proposes a change as ravi and has freda approve it; answers the version's id. */
export async function approved(world: World, change: Change, effectiveFrom: Date | null = null): Promise<string> {
  const ravi = await world.as('ravi.revops');
  const freda = await world.as('freda.finance');
  const id = await ravi.done(proposeConfiguration, proposal(world, change, effectiveFrom));
  await freda.done(castVote, await voteOn(world, id));
  return id;
}

/** approved, and enacted by somebody. */
export async function enacted(
  world: World,
  change: Change,
  effectiveFrom: Date | null = null,
  by?: Persona,
): Promise<string> {
  const id = await approved(world, change, effectiveFrom);
  await (by ?? (await world.as('rita.revops'))).done(enactConfiguration, await enactment(world, id));
  return id;
}
