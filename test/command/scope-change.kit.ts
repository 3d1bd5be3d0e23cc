import { castVote } from '../../src/approval/approval.commands.js';
import { VoteDecision } from '../../src/approval/vote.entity.js';
import { formatMoney } from '../../src/core/money.js';
import { requestScopeChange } from '../../src/scope-change/request.command.js';
import { ScopeChange, ScopeChangeCause } from '../../src/scope-change/scope-change.entity.js';
import type { RequestScopeChangeInput } from '../../src/scope-change/scope-change.input.js';
import { recordChangeOrder } from '../../src/scope-change/scope-change.commands.js';
import { selectRequired } from '../../src/core/statement.js';
import { currentBaseline, currentBaselineLines } from '../../src/project/project.queries.js';
import type { Persona, World } from '../kit/world.js';

/** Minor units of pounds as an input takes them. */
export const pounds = (minor: bigint): string => formatMoney({ minor, currency: 'GBP' });

/** The handoff at its present revision, as an input. */
export async function on(world: World, handoffId: string): Promise<{ handoffId: string; expectedRevision: number }> {
  const [row] = await world.rows('select revision from handoff where tenant_id = $1 and id = $2', [handoffId]);
  return { handoffId, expectedRevision: Number(row!.revision) };
}

/** What a line of the current baseline is to have more; amounts in minor units. */
export interface More {
  readonly hours?: number;
  readonly cost?: bigint;
  readonly price?: bigint;
}

/** The first line of the current baseline with more of something, as an input. */
export async function more(world: World, handoffId: string, { hours = 0, cost = 0n, price = 0n }: More) {
  const { lines } = await world.read({ lines: currentBaselineLines(handoffId) });
  const line = lines[0]!;
  return {
    budgetType: line.budgetType,
    hours: String(Number(line.hours) + hours),
    cost: pounds(line.costMinor! + cost),
    price: pounds(line.priceMinor + price),
  };
}

/** Everything that a request asks for, with one line that has more. */
export async function inputFor(
  world: World,
  handoffId: string,
  parts: Partial<RequestScopeChangeInput> & { readonly more?: More } = {},
): Promise<RequestScopeChangeInput> {
  const { more: wanted = {}, ...rest } = parts;
  return {
    ...(await on(world, handoffId)),
    description: 'Two more switches for the second floor.',
    reason: 'The survey found a floor that the handoff does not name.',
    lines: Object.keys(wanted).length === 0 ? [] : [await more(world, handoffId, wanted)],
    dateEffectDays: 0,
    cause: ScopeChangeCause.CLIENT_REQUEST,
    ...rest,
  };
}

/** Asks for a scope change; answers its id. */
export async function ask(
  world: World,
  persona: Persona,
  handoffId: string,
  parts: Partial<RequestScopeChangeInput> & { readonly more?: More } = {},
): Promise<string> {
  return persona.done(requestScopeChange, await inputFor(world, handoffId, parts));
}

/** The row of a scope change. */
export const load = async (world: World, id: string): Promise<ScopeChange> =>
  (await world.read({ row: selectRequired(ScopeChange, id) })).row;

/** A vote on a scope change. */
export async function vote(world: World, persona: Persona, id: string, decision = VoteDecision.APPROVE) {
  const { requestId, contentDigest } = await load(world, id);
  return persona.run(castVote, { requestId, digest: contentDigest, decision, reason: 'Seen.', expectedRevision: null });
}

/** The client's agreement. */
export async function agree(world: World, persona: Persona, id: string): Promise<string> {
  const { handoffId } = await load(world, id);
  return persona.done(recordChangeOrder, {
    ...(await on(world, handoffId)),
    scopeChangeId: id,
    documentUrl: 'https://northwind.example/change-order',
    contentHash: 'c'.repeat(64),
    signer: 'Priya Client',
    signedOn: '2026-11-20',
  });
}

/** The current baseline with its lines. */
export async function baselineOf(world: World, handoffId: string) {
  const { baseline, lines } = await world.read({
    baseline: currentBaseline(handoffId),
    lines: currentBaselineLines(handoffId),
  });
  return { ...baseline!, lines };
}
