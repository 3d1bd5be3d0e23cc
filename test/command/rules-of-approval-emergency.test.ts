import { castVote } from '../../src/approval/approval.commands.js';
import { breakGlass, reviewBreakGlass } from '../../src/approval/break-glass.commands.js';
import type { BreakGlassTerms } from '../../src/approval/break-glass.rules.js';
import { AfterReview } from '../../src/approval/after-review.entity.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { openVoteLink } from '../../src/approval/vote-link.commands.js';
import { newId } from '../../src/core/id.js';
import { select } from '../../src/core/statement.js';
import { Role } from '../../src/identity/roles.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { ballot, cast, changePaper, count, digestOf, financeNeed, open, read } from './approval.kit.js';
import { codes, sendLinks, usePaper } from './engine.kit.js';

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

describe('rule 15: links in messages', () => {
  const linked = async (): Promise<{ id: string; subjectId: string; tokenOf: (persona: Persona) => string }> => {
    const request = await open(world, { need: financeNeed(2) });
    const kept = new Map<string, string>();
    await sofia.done(sendLinks, { requestId: request.id, kept });
    return { ...request, tokenOf: ({ actor }) => kept.get(actor.id)! };
  };
  const opening = async (persona: Persona, token: string) => codes(await persona.refused(openVoteLink, { token }));

  it('rule 15: a link opens once, for its person alone, and casts no vote', async () => {
    const { id, tokenOf } = await linked();
    const token = tokenOf(freda);
    expect(tokenOf(sofia)).toBeUndefined();
    expect(await opening(femi, token)).toEqual(['LINK_NOT_YOURS']);
    await freda.done(openVoteLink, { token });
    expect(await opening(freda, token)).toEqual(['LINK_USED']);
    expect(await count(world, 'approval_vote', id)).toBe(0);
    const stranger = await (await suite.tenant()).as('freda.finance');
    expect(await opening(stranger, token)).toEqual(['LINK_UNKNOWN']);
    const at = token.length - 2;
    const forged = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    expect(await opening(freda, forged)).toEqual(['LINK_UNKNOWN']);
    expect(await opening(freda, `${world.tenantId}.${newId()}.${'A'.repeat(43)}`)).toEqual(['LINK_UNKNOWN']);
  });

  it('rule 15: a link is for the content that it was sent for, and for a day; used twice at once it opens once', async () => {
    const { subjectId, tokenOf } = await linked();
    const token = tokenOf(femi);
    const ended = await Promise.all([1, 2, 3].map(() => femi.run(openVoteLink, { token })));
    expect(ended.map(({ kind }) => kind).toSorted()).toEqual(['done', 'refused', 'refused']);
    await sofia.done(changePaper, { subjectId, letter: 'b', revision: 2 });
    expect(await opening(freda, tokenOf(freda))).toEqual(['LINK_STALE']);
    const late = await linked();
    suite.clock.advanceHours(8);
    expect(await opening(freda, late.tokenOf(freda))).toEqual(['LINK_EXPIRED']);
  });
});
