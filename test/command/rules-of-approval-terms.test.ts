import { castVote } from '../../src/approval/approval.commands.js';
import { approversNeeded } from '../../src/approval/need.rules.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { assignOwner } from '../../src/handoff/handoff.commands.js';
import { update } from '../../src/core/statement.js';
import { DealType, Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { withdrawHandoff } from '../../src/passage/withdraw.command.js';
import { Role } from '../../src/identity/roles.js';
import { classifyHandoff, importDeal } from '../../src/passage/intake.commands.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { attempt, cast, read } from './approval.kit.js';
import { codes, oldMember } from './engine.kit.js';
import { ask, ballotOn, bring, handoffOf, passMargin, payloadOf, plainPolicy } from './exception.kit.js';

/** A real exception from the deal on: what the engine leaves to the domain that asks. */
const DEAL = { id: 7, price: 1000, cost: 760 };

let suite: Suite;
let world: World;
let freda: Persona;
let femi: Persona;
let sofia: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  await tenant();
});
afterAll(() => suite.close());

async function tenant(change: Parameters<Suite['tenant']>[0] = () => undefined): Promise<void> {
  world = await suite.tenant((configuration) => {
    plainPolicy(configuration);
    change(configuration);
  });
  ({ freda, femi, sofia } = await cast(world));
}
const gate = async (handoffId: string): Promise<string[]> => {
  const result = await sofia.run(passMargin, { handoffId });
  return result.kind === 'refused' ? codes(result.findings) : ['passed'];
};
const asked = async () => {
  const handoffId = await bring(sofia, DEAL);
  return { handoffId, requestId: await ask(world, sofia, handoffId) };
};

describe('rule 1: the record', () => {
  const handOver = async (handoffId: string, to: Persona): Promise<string> => {
    const { revision: expectedRevision } = await handoffOf(world, handoffId);
    return sofia.done(assignOwner, { handoffId, expectedRevision, personId: to.actor.id });
  };

  it('rule 1: its owner cannot approve, whoever asks; nor once it belongs to somebody else', async () => {
    const { handoffId, requestId } = await asked();
    const owner = await oldMember(world, 'two.hats', [Role.FINANCE_APPROVER, Role.SALES_MANAGER]);
    await owner.done(castVote, await ballotOn(world, requestId));
    expect((await read(world, requestId)).state).toBe(ApprovalState.APPROVED);
    await handOver(handoffId, owner);
    expect(await gate(handoffId)).toEqual(['MARGIN_BELOW_FLOOR']);
    await handOver(handoffId, sofia);
    expect(await gate(handoffId)).toEqual(['MARGIN_BELOW_FLOOR']);
    await bring(sofia, { ...DEAL, cost: 765 });
    expect(codes(await owner.refused(castVote, await ballotOn(world, requestId)))).toEqual(['CONTRIBUTOR']);
  });

  it('rule 1: who wrote is kept by version of the content, and cannot be forgotten', async () => {
    const { handoffId, requestId } = await asked();
    const other = await world.as('sam.sales');
    await bring(other, { ...DEAL, cost: 765 });
    await bring(sofia, { ...DEAL, cost: 770 });
    const rows = await world.rows(
      'select content_revision, person_id from contribution where tenant_id = $1 and subject_id = $2 order by content_revision',
      [handoffId],
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        { content_revision: 2, person_id: other.actor.id },
        { content_revision: 3, person_id: sofia.actor.id },
      ]),
    );
    for (const text of [
      'delete from contribution where tenant_id = $1',
      'update contribution set person_id = person_id where tenant_id = $1',
    ])
      expect(await attempt(suite, world, [{ text, values: [] }])).toBe('42501');
    expect((await read(world, requestId)).round).toBe(3);
  });
});

describe('rule 1: who wrote the terms, by another way', () => {
  const stage = (handoffId: string, to: Stage): Promise<unknown> =>
    suite.gateway.transaction(world.tenantId, (tx) => tx.commit([update(Handoff, { id: handoffId }, { stage: to })]));
  const both = (role: Role): Promise<Persona> => oldMember(world, `finance.${role}`, [Role.FINANCE_APPROVER, role]);
  const barred = async (requestId: string, person: Persona): Promise<string[]> =>
    codes(await person.refused(castVote, await ballotOn(world, requestId)));

  it('rule 1: is not forgotten when the deal is withdrawn and comes again as it was', async () => {
    const [importer, classifier] = [await both(Role.REVOPS_ADMIN), await both(Role.SALES_MANAGER)];
    const first = await bring(importer, DEAL);
    const { revision } = await handoffOf(world, first);
    const dealType = DealType.EXPANSION;
    await classifier.done(classifyHandoff, { handoffId: first, expectedRevision: revision, dealType });
    const { revision: expectedRevision } = await handoffOf(world, first);
    await sofia.done(withdrawHandoff, { handoffId: first, expectedRevision, reason: 'The tender begins anew.' });
    const requestId = await ask(world, sofia, await bring(sofia, DEAL));
    for (const author of [importer, classifier]) expect(await barred(requestId, author)).toEqual(['CONTRIBUTOR']);
  });

  it('rule 1: is not forgotten when the terms came while delivery reviewed, and are adopted after', async () => {
    const handoffId = await bring(sofia, { ...DEAL, cost: 700 });
    const importer = await both(Role.REVOPS_ADMIN);
    await stage(handoffId, Stage.IN_REVIEW);
    await bring(importer, DEAL);
    await stage(handoffId, Stage.RETURNED);
    await bring(sofia, DEAL);
    expect(await barred(await ask(world, sofia, handoffId), importer)).toEqual(['CONTRIBUTOR']);
  });
});

it('rule 4: a deal that comes again to miss more is weighed as a whole, not by what was added', async () => {
  const { handoffId, requestId } = await asked();
  await freda.done(castVote, await ballotOn(world, requestId));
  expect(await gate(handoffId)).toEqual(['passed']);
  await bring(sofia, { ...DEAL, cost: 820 });
  expect(await gate(handoffId)).toEqual(['MARGIN_BELOW_FLOOR']);
  expect(approversNeeded((await read(world, requestId)).need)).toBe(2);
  await freda.done(castVote, await ballotOn(world, requestId));
  expect(await gate(handoffId)).toEqual(['MARGIN_BELOW_FLOOR']);
  await femi.done(castVote, await ballotOn(world, requestId));
  expect(await gate(handoffId)).toEqual(['passed']);
});

describe('rule 5: which votes fall', () => {
  interface Exported {
    opportunity: Record<string, unknown>;
    quotation: { lines: Record<string, unknown>[] };
  }
  /** Imports the deal anew, with something else in it. */
  const imported = async (edit: (deal: Exported) => void): Promise<void> => {
    const deal = JSON.parse(payloadOf(DEAL)) as Exported;
    edit(deal);
    const payload = JSON.stringify(deal);
    await sofia.done(importDeal, { payload, serviceTemplate: null, dealType: null, segment: null });
  };
  const line = (change: object) => () => imported(({ quotation }) => void Object.assign(quotation.lines[0]!, change));
  const classified =
    (change: object) =>
    async (handoffId: string): Promise<void> => {
      const { revision: expectedRevision } = await handoffOf(world, handoffId);
      await sofia.done(classifyHandoff, { handoffId, expectedRevision, ...change });
    };
  const CHANGES: readonly { what: string; falls: boolean; change: (handoffId: string) => Promise<unknown> }[] = [
    { what: 'a price', falls: true, change: line({ baseprice: 1001 }) },
    { what: 'a cost', falls: true, change: line({ costprice: 761 }) },
    { what: 'a quantity', falls: true, change: line({ current_quantity: 2 }) },
    { what: 'what is sold', falls: true, change: line({ name: 'Other work' }) },
    { what: 'a further line', falls: true, change: () => imported(({ quotation: { lines } }) => void lines.push({ ...lines[0], id: 2 })) }, // prettier-ignore
    { what: 'the deal type', falls: true, change: classified({ dealType: 'EXPANSION' }) },
    { what: 'the service template', falls: true, change: classified({ serviceTemplate: 'cloud-migration' }) },
    {
      what: 'the title',
      falls: false,
      change: () => imported(({ opportunity }) => void (opportunity.summary = 'New')),
    },
    { what: 'the segment', falls: false, change: classified({ segment: 'ENTERPRISE' }) },
    { what: 'the owner', falls: false, change: async (handoffId) => sofia.done(assignOwner, { handoffId, expectedRevision: (await handoffOf(world, handoffId)).revision, personId: await world.idOf('sam.sales') }) }, // prettier-ignore
  ];

  it.each(CHANGES)('rule 5: $what: the votes fall: $falls', async ({ falls, change }) => {
    const { handoffId, requestId } = await asked();
    await freda.done(castVote, await ballotOn(world, requestId));
    await change(handoffId);
    const { data } = await freda.graphql(
      'query ($id: ID!) { approvalRequest(id: $id) { state round approvals changesSinceLastVote { isSame sinceRound } } }',
      { id: requestId },
    );
    expect(data!.approvalRequest).toEqual(
      falls
        ? { state: 'PENDING', round: 2, approvals: 0, changesSinceLastVote: { isSame: false, sinceRound: 1 } }
        : { state: 'APPROVED', round: 1, approvals: 1, changesSinceLastVote: { isSame: true, sinceRound: 1 } },
    );
    expect(await gate(handoffId)).toEqual([falls ? 'MARGIN_BELOW_FLOOR' : 'passed']);
  });
});

it('rule 6: both times run in working hours: not at night, not at a weekend, not on a holiday', async () => {
  await tenant((configuration) => {
    Object.assign(configuration.approvalPolicy.marginException, {
      pendingExpiryBusinessHours: 4,
      grantExpiryBusinessHours: 5,
    });
    configuration.calendar.holidays.push({ date: '2026-11-30', name: "St Andrew's Day" });
  });
  // A Friday afternoon: one hour is left, three run on Tuesday.
  suite.clock.at = new Date('2026-11-27T16:30:00Z');
  const { handoffId, requestId } = await asked();
  expect((await read(world, requestId)).decideBy).toEqual(new Date('2026-12-01T12:00:00Z'));
  suite.clock.at = new Date('2026-12-01T11:30:00Z');
  freda = await world.as('freda.finance');
  await freda.done(castVote, await ballotOn(world, requestId));
  expect((await read(world, requestId)).expiresAt).toEqual(new Date('2026-12-01T16:30:00Z'));
  suite.clock.at = new Date('2026-12-01T16:30:00Z');
  expect(await gate(handoffId)).toEqual(['MARGIN_BELOW_FLOOR']);
  suite.clock.at = new Date('2026-12-01T16:29:59.999Z');
  expect(await gate(handoffId)).toEqual(['passed']);
});
