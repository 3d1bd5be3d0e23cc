import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CAST } from '../../src/sandbox/demo/cast.js';
import { API_SCOPES } from '../../src/identity/api-key.entity.js';
import { Role } from '../../src/identity/roles.js';
import { inviteMember, mergeMember, reinstateMember, suspendMember } from '../../src/identity/member.commands.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { createFeedKey } from '../../src/odata/keys/feed-key.commands.js';
import { makeFeedSigning } from '../../src/odata/keys/feed-key.queries.js';
import { newId } from '../../src/core/id.js';
import { buildApiSchema } from '../../src/schema.js';
import { refreshReporting } from '../kit/reporting.js';
import { sealerOf } from '../kit/sealer.js';
import { castVote, revokeVote } from '../../src/approval/approval.commands.js';
import { breakGlass } from '../../src/approval/break-glass.commands.js';
import { delegateVotes } from '../../src/approval/delegation.commands.js';
import { ballot, digestOf, open } from '../command/approval.kit.js';
import { sendLink } from '../command/vote-link.kit.js';
import { playStory } from '../kit/story.js';
import type { Persona, World } from '../kit/world.js';
import { CallGenerator } from './calls.js';
import { populateAudit } from './population.audit.js';
import { populateBacktest } from './population.backtest.js';
import { introduce, populateCapacity, populateClocks } from './population.delivery.js';
import { populateFeedback } from './population.feedback.js';
import { populateIntegrations } from './population.integrations.js';
import { populateVariants } from './population.variants.js';
import { populateQuality, populateScore } from './population.quality.js';
import { populateRollout } from './population.rollout.js';
import { populateScopeChange } from './population.scope.js';
import { populateMeeting } from './population.meeting.js';

export const schema = buildApiSchema();
export const calls = new CallGenerator(schema);

/** A tenant in which every table has rows. */
export interface Population {
  readonly world: World;
  /** The handoff of the story: a kickoff is scheduled, or it is closed. */
  readonly story: string;
  /** A handoff in DRAFT, with content of its own. */
  readonly draft: string;
  readonly apiKeyId: string;
  /** A handle that no other tenant has. */
  readonly handle: string;
}

let deals = 8000;

interface Export {
  opportunity: { id: number; client_id: number; client_name: string };
  quotation: { id: number; ticket_id: number; client_id: number; client_name: string };
}

/** A HaloPSA export with an opportunity and a client of its own. */
export function dealPayload(): string {
  const deal = JSON.parse(readFileSync(resolve('samples/halopsa/managed-network-healthy.json'), 'utf8')) as Export;
  const id = ++deals;
  const client = { client_id: id, client_name: `Client ${id} Ltd` };
  Object.assign(deal.opportunity, { id }, client);
  Object.assign(deal.quotation, { id, ticket_id: id }, client);
  return JSON.stringify(deal);
}

/** The revision of a handoff, read past the API. */
export async function revisionOf(world: World, handoffId: string): Promise<number> {
  return (await world.rows('select revision from handoff where tenant_id = $1 and id = $2', [handoffId]))[0]!
    .revision as number;
}

/** Sends a generated mutation about a handoff at its present revision; it must succeed. */
export async function make(
  persona: Persona,
  world: World,
  name: string,
  handoffId: string,
  more: Record<string, unknown> = {},
): Promise<void> {
  const known: Record<string, unknown> = {
    handoffId,
    expectedRevision: await revisionOf(world, handoffId),
    madeById: null,
    assumptionId: null,
    personId: null,
    ...more,
  };
  const call = calls.call(name, {
    values: (field) => known[field],
    selection: '{ __typename ... on Refused { findings { code } } }',
  });
  const { data, errors } = await persona.graphql(call.document, call.variables);
  const kind = (data?.[name] as { __typename?: string } | undefined)?.__typename;
  if (errors.length > 0 || kind === 'Refused')
    throw new Error(`${name}: ${JSON.stringify(errors.length > 0 ? errors : data)}`);
}

/** Fills a tenant by the ways that its people have: the story, a draft with content, an API key. */
export async function populate(world: World, { closed }: { closed: boolean }): Promise<Population> {
  const { suite } = world;
  const sales = await world.as(CAST.sales);
  const admin = await world.as(Role.REVOPS_ADMIN);
  const delivery = await world.as(CAST.delivery);
  const { handoffId: story } = await playStory(world);
  // Sealed so far; what follows waits, so that both have rows.
  await sealerOf(world).cover(world.tenantId);
  await introduce(world, sales, story);
  await populateScopeChange(world, story);
  await populateScore(world, story);
  await populateQuality(world);
  await populateMeeting(world, sales, story);
  await make(sales, world, 'issueDocument', story);
  if (closed) {
    const start = suite.clock.at;
    suite.clock.at = new Date('2026-12-23T15:00:00Z');
    await make(delivery, world, 'holdKickoff', story);
    await make(delivery, world, 'closeHandoff', story);
    suite.clock.at = start;
  }
  // Every fact has rows; what follows waits to be projected.
  await refreshReporting(world);
  const imported = calls.call('importDeal', {
    values: (field) => (field === 'payload' ? dealPayload() : undefined),
    selection: '{ ... on Handoff { id } ... on Refused { findings { code message } } }',
  });
  const { data, errors } = await sales.graphql(imported.document, imported.variables, `populate-${newId()}`);
  const draft = data?.importDeal?.id as string | undefined;
  if (!draft) throw new Error(`importDeal: ${JSON.stringify({ data, errors })}`);
  await make(sales, world, 'declareNoCommitments', draft);
  const lead = await world.idOf(Role.SERVICE_DELIVERY_LEAD);
  for (const name of ['addStakeholder', 'addRisk', 'addStatement', 'addAssumption'])
    await make(sales, world, name, draft);
  await make(sales, world, 'openDecision', draft, { ownerId: sales.actor.id, escalationContactId: lead });
  await populateVariants(world, draft);
  await populateClocks(world, sales, story, draft);
  await populateFeedback(world, delivery, story);
  await populateCapacity(delivery);
  // Undecided: what an inbox shows.
  await open(world);
  const handle = `only.${newId().slice(-12)}`;
  const invite = (as: string, roles: Role[], until: Date | null = null): Promise<string> =>
    admin.done(inviteMember, { handle: as, name: 'N', email: 'n@example.com', roles, oid: newId(), until });
  const away = await invite(`away.${newId().slice(-12)}`, [Role.SALES_MANAGER]);
  const twin = await invite(`twin.${newId().slice(-12)}`, [Role.SALES_MANAGER]);
  await admin.done(suspendMember, { personId: away, expectedRevision: 1 });
  await admin.done(reinstateMember, { personId: away, expectedRevision: 2 });
  await admin.done(mergeMember, { personId: twin, intoPersonId: away, expectedRevision: 1 });
  await invite(handle, [Role.AUDITOR], new Date(suite.clock.at.getTime() + 30 * 86_400_000));
  const apiKeyId = await admin.done(createApiKey, { name: 'population', scopes: [...API_SCOPES], days: 30 });
  await admin.done(createFeedKey, { name: 'population', sees: [], days: 30 });
  await suite.gateway.transaction(world.tenantId, (tx) => tx.commit([makeFeedSigning(world.tenantId)]));
  await populateIntegrations(world);
  await populateApprovals(world, admin);
  await populateAudit(world);
  await populateRollout(world, draft);
  await populateBacktest(world);
  return { world, story, draft, apiKeyId, handle };
}

/** A delegation, an emergency with its review and alert, and an approval that was taken back and a link to it. */
export async function populateApprovals(world: World, admin: Persona): Promise<void> {
  const freda = await world.as('freda.finance');
  const femi = await world.as('femi.finance');
  const fromAt = world.suite.clock.at;
  const untilAt = new Date(fromAt.getTime() + 5 * 86_400_000);
  const people = { delegatorId: femi.actor.id, delegateId: freda.actor.id };
  await femi.done(delegateVotes, { ...people, fromAt, untilAt, kinds: null, reason: 'Out of office.' });
  const { id: revoked } = await open(world, { approvers: 2 });
  await freda.done(castVote, ballot(revoked));
  await freda.done(revokeVote, { requestId: revoked, reason: 'Seen too fast.', expectedRevision: 1 });
  await sendLink(world, revoked, femi.actor.id);
  const terms = {
    people: [admin.actor.id],
    approvers: 1,
    minutes: 60,
    reviewRoles: ['FINANCE_APPROVER'],
    reviewHours: 24,
  };
  const { id: broken } = await open(world, { breakGlass: terms });
  await admin.done(breakGlass, {
    requestId: broken,
    digest: digestOf('a'),
    reason: 'The client goes live tonight.',
    ticket: 'INC-1',
  });
}
