import { inviteMember, mergeMember, reinstateMember } from '../../src/identity/member.commands.js';
import { memberBySignIn } from '../kit/sign-in.js';
import { newId } from '../../src/core/id.js';
import { Role } from '../../src/identity/roles.js';
import { rejectEvidence, submitEvidence, verifyEvidence } from '../../src/checklist/evidence.commands.js';
import { importDeal } from '../../src/passage/intake.commands.js';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

const payload = readFileSync(resolve('samples/halopsa/managed-network-healthy.json'), 'utf8');
const ROLES = [Role.SALES_MANAGER, Role.DELIVERY_MANAGER, Role.FINANCE_APPROVER, Role.SERVICE_DELIVERY_LEAD];

let suite: Suite;
let world: World;
let revops: Persona;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(async () => {
  world = await suite.tenant();
  revops = await world.as('ravi.revops');
});

interface Record {
  readonly id: string;
  readonly oid: string;
}
const invite = async (handle: string): Promise<Record> => {
  const oid = newId();
  const name = 'Robin Hale';
  const id = await revops.done(inviteMember, { handle, name, email: `${handle}@x.example`, roles: ROLES, oid });
  return { id, oid };
};
const signIn = async ({ oid }: Record): Promise<Persona> => {
  const { actor } = await world.read({
    actor: memberBySignIn(world.tenantId, { issuer: 'x', subject: 'x', oid, authTime: null }),
  });
  return world.acting(actor!);
};
const merge = async (person: Record, into: Record) => {
  const [row] = await world.rows('select revision from person where tenant_id = $1 and id = $2', [person.id]);
  return revops.run(mergeMember, {
    personId: person.id,
    intoPersonId: into.id,
    expectedRevision: row!.revision as number,
  });
};

/** Evidence for some item, given by this person, that waits for a verdict. */
async function given(provider: Persona) {
  const sales = await world.as('sofia.sales');
  const handoffId = await sales.done(importDeal, {
    payload,
    serviceTemplate: 'managed-network',
    dealType: null,
    segment: null,
  });
  const items = await world.rows(
    'select id, kinds from checklist_item where tenant_id = $1 and handoff_id = $2 order by position',
    [handoffId],
  );
  const item = items.find(({ kinds }) => (JSON.parse(kinds as string) as string[]).includes('STATEMENT'))!;
  await provider.done(submitEvidence, {
    handoffId,
    expectedRevision: 1,
    itemId: item.id as string,
    kind: 'STATEMENT' as never,
    title: 'Said',
    statement: 'Checked with the client on the phone.',
    documentUrl: 'https://northwind.sharepoint.com/a.pdf',
    contentHash: 'a'.repeat(64),
    signers: [{ name: 'A B', side: 'CLIENT' as never, signedOn: '2026-11-20' }],
  });
  const [evidence] = await world.rows('select id from evidence where tenant_id = $1 and handoff_id = $2', [handoffId]);
  return { handoffId, expectedRevision: 2, evidenceId: evidence!.id as string };
}

const codes = (found: readonly { code: string }[]) => found.map(({ code }) => code);

describe('records that are one human', () => {
  it('stay one however often they are merged: the last one signs in, and verifies nothing of the first', async () => {
    const [first, second, third] = [await invite('robin.one'), await invite('robin.two'), await invite('robin.three')];
    const input = await given(await signIn(first));
    await merge(first, second);
    await merge(second, third);
    expect((await signIn(first)).actor.id).toBe(third.id);
    expect(codes(await (await signIn(third)).refused(verifyEvidence, input))).toEqual(['SELF_VERIFICATION']);
  });

  it('are merged by two administrators at once without a chain', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [first, second, third] = [
        await invite(`robin.a${round}`),
        await invite(`robin.b${round}`),
        await invite(`robin.c${round}`),
      ];
      await Promise.allSettled([merge(first, second), merge(second, third)]);
      const chains = await world.rows(
        'select 1 from person p join person q on q.tenant_id = $1 and q.id = p.merged_into where p.tenant_id = $1 and q.merged_into is not null',
      );
      expect(chains).toEqual([]);
    }
  });

  it('are one also to whoever signed in before the merge', async () => {
    const [first, second] = [await invite('robin.one'), await invite('robin.two')];
    const before = await signIn(first);
    const input = await given(before);
    await merge(first, second);
    expect(codes(await before.refused(verifyEvidence, input))).toEqual(['SELF_VERIFICATION']);
    expect(codes(await before.refused(rejectEvidence, { ...input, reason: 'It says nothing.' }))).toEqual([
      'SELF_VERIFICATION',
    ]);
  });

  it('cannot be merged where there is none', async () => {
    const first = await invite('robin.one');
    const nobody = { id: newId(), oid: newId() };
    expect(await merge(first, nobody)).toMatchObject({ kind: 'refused', findings: [{ code: 'NOT_MERGEABLE' }] });
    expect(await merge(first, first)).toMatchObject({ kind: 'refused', findings: [{ code: 'NOT_MERGEABLE' }] });
    const gone = { personId: nobody.id, intoPersonId: first.id, expectedRevision: 1 };
    const other = { personId: nobody.id, expectedRevision: 1 };
    const [one, two] = await Promise.allSettled([revops.run(mergeMember, gone), revops.run(reinstateMember, other)]);
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'NOT_FOUND' } });
    expect((one as PromiseRejectedResult).reason.message).toBe((two as PromiseRejectedResult).reason.message);
  });
});
