import { castVote, revokeVote } from '../../src/approval/approval.commands.js';
import { breakGlass, reviewBreakGlass } from '../../src/approval/break-glass.commands.js';
import type { BreakGlassTerms } from '../../src/approval/break-glass.rules.js';
import { AfterReview } from '../../src/approval/after-review.entity.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { CONTROL_RUN_EFFECT, sampleOverrides } from '../../src/audit/control.commands.js';
import { ControlItem } from '../../src/audit/control.entity.js';
import { systemActor } from '../../src/core/actor.js';
import { select } from '../../src/core/statement.js';
import { Role } from '../../src/identity/roles.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { ballot, cast, digestOf, financeNeed, open, read } from './approval.kit.js';
import { codes, delegated, usePaper } from './engine.kit.js';

let suite: Suite;
let world: World;
let freda: Persona;
let femi: Persona;
let fiona: Persona;
let sofia: Persona;
let leah: Persona;
let liam: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  ({ freda, femi, fiona, sofia } = await cast(world));
  [leah, liam] = [await world.as('leah.lead'), await world.as('liam.lead')];
});
afterAll(() => suite.close());

const terms = (people: readonly Persona[], parts: Partial<BreakGlassTerms> = {}): BreakGlassTerms => ({
  people: people.map(({ actor }) => actor.id),
  approvers: 2,
  minutes: 60,
  reviewRoles: [Role.FINANCE_APPROVER],
  reviewHours: 48,
  ...parts,
});
const emergency = (requestId: string) => ({
  requestId,
  digest: digestOf('a'),
  reason: 'The site is down and the client waits.',
  ticket: 'INC-4711',
});
const stateOf = async (id: string): Promise<ApprovalState> => (await read(world, id)).state;
const reviewOf = async (requestId: string): Promise<AfterReview> =>
  (await world.read({ found: select(AfterReview, { requestId }) })).found[0]!;
const verdict = (reviewId: string) => ({
  reviewId,
  justified: true,
  note: 'It was down indeed.',
  expectedRevision: 1,
});

describe('rule 12: emergencies', () => {
  it('rule 12: an empty list is nobody', async () => {
    for (const named of [undefined, terms([])]) {
      const { id } = await open(world, named ? { breakGlass: named } : {});
      for (const persona of [freda, leah])
        expect(codes(await persona.refused(breakGlass, emergency(id)))).toEqual(['NOT_ON_THE_LIST']);
    }
  });

  it('rule 12: two of those named, where two can be had; with reason, ticket, alert and a short life', async () => {
    const { id, subjectId } = await open(world, { breakGlass: terms([leah, liam]) });
    await leah.done(breakGlass, emergency(id));
    expect(await stateOf(id)).toBe(ApprovalState.PENDING);
    const alerts = await world.rows(
      "select 1 from alert where tenant_id = $1 and code = 'BREAK_GLASS' and subject_id = $2",
      [id],
    );
    expect(alerts).toHaveLength(1);
    expect(codes(await femi.refused(breakGlass, emergency(id)))).toEqual(['NOT_ON_THE_LIST']);
    await liam.done(breakGlass, emergency(id));
    expect(await stateOf(id)).toBe(ApprovalState.APPROVED);
    suite.clock.advanceHours(1);
    expect(codes(await sofia.refused(usePaper, { subjectId }))).toEqual(['NOT_COVERED']);
    suite.clock.at = new Date(suite.clock.at.getTime() - 1);
    await sofia.done(usePaper, { subjectId });
  });

  it('rule 12: one of the two may have approved it in the ordinary way before, until they take it back', async () => {
    const { id, subjectId } = await open(world, { breakGlass: terms([leah, freda]) });
    await freda.done(castVote, ballot(id));
    await leah.done(breakGlass, emergency(id));
    expect(await stateOf(id)).toBe(ApprovalState.APPROVED);
    const { id: reviewId, declaredBy } = await reviewOf(id);
    expect(declaredBy).toEqual([leah.actor.id]);
    expect(codes(await freda.refused(reviewBreakGlass, verdict(reviewId)))).toEqual(['SELF_REVIEW']);
    const { revision } = await read(world, id);
    const back = { requestId: id, expectedRevision: revision, reason: 'The site is up again.' };
    await freda.done(revokeVote, back);
    expect(await stateOf(id)).toBe(ApprovalState.PENDING);
    expect(codes(await sofia.refused(usePaper, { subjectId }))).toEqual(['NOT_COVERED']);
  });

  it('rule 12: a reason at length and a ticket are given', async () => {
    const { id } = await open(world, { breakGlass: terms([leah, liam]) });
    const declare = 'mutation ($input: BreakGlassInput!) { breakGlass(input: $input) { __typename } }';
    for (const missing of [{ reason: 'It is urgent.' }, { ticket: '' }, { ticket: ' ' }]) {
      const { errors } = await leah.graphql(declare, { input: { ...emergency(id), ...missing } });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: Object.keys(missing)[0] } }]);
    }
    await leah.done(breakGlass, emergency(id));
    const [row] = await world.rows('select reason, ticket from approval_vote where tenant_id = $1', []);
    expect(row!.ticket).toBe('INC-4711');
  });

  it('rule 12: is in what is sampled of the month, for somebody who had no part in it', async () => {
    const { id } = await open(world, { breakGlass: terms([leah, liam]) });
    for (const persona of [leah, liam]) await persona.done(breakGlass, emergency(id));
    suite.clock.at = new Date('2026-12-01T09:00:00Z');
    const month = { period: '2026-11', from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') };
    await world.acting(systemActor(world.tenantId, CONTROL_RUN_EFFECT)).done(sampleOverrides, month);
    const { items } = await world.read({ items: select(ControlItem) });
    const drawn = await world.rows('select request_id from audit_sample_item where tenant_id = $1', []);
    expect(drawn).toEqual([{ request_id: id }]);
    expect(items).toHaveLength(1);
    for (const { actor } of [leah, liam, sofia]) expect(items[0]!.actors).toContain(actor.id);
    expect(items[0]!.actors).not.toContain(items[0]!.reviewerId);
  });

  it('rule 12: one alone where no second can be had, and never the requester or a writer', async () => {
    const alone = await open(world, { breakGlass: terms([leah, sofia]) });
    expect(codes(await sofia.refused(breakGlass, emergency(alone.id)))).toEqual(['SELF_APPROVAL']);
    await leah.done(breakGlass, emergency(alone.id));
    expect(await stateOf(alone.id)).toBe(ApprovalState.APPROVED);
    const barred = await open(world, { breakGlass: terms([leah, liam]), barred: [leah.actor.id] });
    expect(codes(await leah.refused(breakGlass, emergency(barred.id)))).toEqual(['CONTRIBUTOR']);
  });

  it('rule 12: somebody who had no part in it must review it, once, and it stays open until then', async () => {
    const { id } = await open(world, { breakGlass: terms([leah, freda]) });
    await femi.done(castVote, ballot(id));
    for (const persona of [leah, freda]) await persona.done(breakGlass, emergency(id));
    const review = await reviewOf(id);
    expect(review).toMatchObject({ state: 'OPEN', dueAt: new Date(START.getTime() + 48 * 3_600_000) });
    expect(codes(await leah.refused(reviewBreakGlass, verdict(review.id)))).toEqual(['SELF_REVIEW', 'NOT_ELIGIBLE']);
    for (const persona of [freda, femi])
      expect(codes(await persona.refused(reviewBreakGlass, verdict(review.id)))).toEqual(['SELF_REVIEW']);
    expect(codes(await sofia.refused(reviewBreakGlass, verdict(review.id)))).toEqual(['SELF_REVIEW', 'NOT_ELIGIBLE']);
    await fiona.done(reviewBreakGlass, verdict(review.id));
    expect(await reviewOf(id)).toMatchObject({ state: 'JUSTIFIED', reviewedBy: fiona.actor.id });
    expect(codes(await fiona.refused(reviewBreakGlass, { ...verdict(review.id), expectedRevision: 2 }))).toEqual([
      'NOT_OPEN',
    ]);
  });

  it('rule 12: nor whom somebody voted for, nor who did what it was for', async () => {
    const { id, subjectId } = await open(world, { breakGlass: terms([leah], { approvers: 1 }) });
    await delegated(world, freda, femi);
    await femi.done(castVote, { ...ballot(id), onBehalfOf: freda.actor.id });
    await leah.done(breakGlass, emergency(id));
    await fiona.done(usePaper, { subjectId });
    const { id: reviewId } = await reviewOf(id);
    for (const persona of [freda, femi, fiona])
      expect(codes(await persona.refused(reviewBreakGlass, verdict(reviewId)))).toEqual(['SELF_REVIEW']);
  });

  it('rule 12: who has an emergency that is overdue for review declares no other', async () => {
    const first = await open(world, { breakGlass: terms([leah], { approvers: 1 }) });
    await leah.done(breakGlass, emergency(first.id));
    suite.clock.advanceHours(48);
    leah = await world.as('leah.lead');
    const second = await open(world, { breakGlass: terms([leah], { approvers: 1 }) });
    expect(codes(await leah.refused(breakGlass, emergency(second.id)))).toEqual(['REVIEW_OVERDUE']);
    await fiona.done(reviewBreakGlass, verdict((await reviewOf(first.id)).id));
    await leah.done(breakGlass, emergency(second.id));
  });
});

describe('rule 14: signed in just now', () => {
  const signedIn = (persona: Persona, authTime: Date | null) => world.acting({ ...persona.actor, authTime });
  const ago = (minutes: number): Date => new Date(START.getTime() - minutes * 60_000);

  it('rule 14: above a level a vote needs a fresh sign-in; a token that does not say when fails closed', async () => {
    const { id } = await open(world, { need: financeNeed(1, { freshSignInMinutes: 30 }) });
    const vote = async (authTime: Date | null) => codes(await signedIn(freda, authTime).refused(castVote, ballot(id)));
    expect(await vote(null)).toEqual(['SIGN_IN_UNKNOWN']);
    expect(await vote(ago(-60))).toEqual(['SIGN_IN_UNKNOWN']);
    expect(await vote(new Date(ago(30).getTime() - 1))).toEqual(['SIGN_IN_TOO_OLD']);
    const [found] = await signedIn(freda, null).refused(castVote, ballot(id));
    expect(found!.remedy).toContain('max_age=1800');
    await signedIn(freda, ago(30)).done(castVote, ballot(id));
    const [row] = await world.rows('select signed_in_at from approval_vote where tenant_id = $1 and request_id = $2', [
      id,
    ]);
    expect(row).toEqual({ signed_in_at: ago(30) });
  });

  it('rule 14: below it any sign-in will do; an emergency always needs a fresh one', async () => {
    const { id } = await open(world, { breakGlass: terms([leah]) });
    await signedIn(freda, null).done(castVote, ballot(id));
    expect(codes(await signedIn(leah, ago(16)).refused(breakGlass, emergency(id)))).toEqual(['SIGN_IN_TOO_OLD']);
    await signedIn(leah, ago(15)).done(breakGlass, emergency(id));
  });
});
