import { select, selectRequired, update } from '../../src/core/statement.js';
import { PersonalKey } from '../../src/core/vault.js';
import { DealPayload, DealSnapshot, QuoteLine } from '../../src/deal/deal.entity.js';
import { openImported, openPayload } from '../../src/deal/deal.payload.js';
import { normaliseHaloExport } from '../../src/deal/halopsa.rules.js';
import { HandoffStatement } from '../../src/handoff/content.entity.js';
import { withdrawHandoff } from '../../src/passage/withdraw.command.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { reviseStatement } from '../../src/handoff/statement.commands.js';
import { classifyForTest, importForTest } from '../kit/deal.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

let suite: Suite;
let world: World;
let sales: Persona;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(async () => {
  world = await suite.tenant();
  sales = await world.as('SALES_MANAGER');
});

const HEALTHY = read('managed-network-healthy');

/** The same export with another payload. */
function edited(change: (text: string) => string): ReturnType<typeof read> {
  const raw = change(HEALTHY.raw);
  const parsed = normaliseHaloExport(raw);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  return { raw, parsed };
}

const open = (): Promise<string> => sales.done(importForTest, HEALTHY);
const load = async (id: string): Promise<Handoff> => (await world.read({ row: selectRequired(Handoff, id) })).row;
const on = async (handoffId: string): Promise<{ handoffId: string; expectedRevision: number }> => ({
  handoffId,
  expectedRevision: (await load(handoffId)).revision,
});

/** Sets the stage as passage would. */
async function stage(handoffId: string, to: Stage): Promise<void> {
  await suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([update(Handoff, { id: handoffId }, { stage: to })]),
  );
}

describe('importing', () => {
  test('the same content twice makes one snapshot and one handoff', async () => {
    const id = await open();
    expect(await open()).toBe(id);
    const { snapshots, payloads, lines } = await world.read({
      snapshots: select(DealSnapshot),
      payloads: select(DealPayload),
      lines: select(QuoteLine),
    });
    expect(snapshots).toHaveLength(1);
    const { keys } = await world.read({ keys: select(PersonalKey, { kind: 'DEAL_SNAPSHOT' }) });
    const [key, payload] = [keys[0]!, payloads[0]!];
    expect([key.id, payload.id]).toEqual([snapshots[0]?.id, snapshots[0]?.id]);
    expect(payload.raw).not.toContain('Acme');
    expect(openPayload(suite.vault, { key, text: payload.raw }, 'raw')).toBe(HEALTHY.raw);
    expect(openImported(suite.vault, { key, text: payload.imported })).toEqual(HEALTHY.parsed.deal);
    expect(lines).toHaveLength(HEALTHY.parsed.terms.lines.length);
    expect(await load(id)).toMatchObject({
      number: 'H-2205',
      stage: 'DRAFT',
      revision: 1,
      dealSnapshotId: snapshots[0]?.id,
    });
  });

  test('six at once make one deal with one snapshot', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, open));
    expect(new Set(ids).size).toBe(1);
    expect((await world.read({ rows: select(DealSnapshot) })).rows).toHaveLength(1);
  });

  test('changed terms are adopted in DRAFT, with a new content version, and not in review', async () => {
    const id = await open();
    const cheaper = edited((text) => text.replace('"scope": "', '"scope": "Also: '));
    expect(cheaper.parsed.termsDigest).not.toBe(HEALTHY.parsed.termsDigest);
    await sales.done(importForTest, cheaper);
    const adopted = await load(id);
    expect(adopted).toMatchObject({ revision: 2, termsRevision: 2 });
    const { scope } = await world.read({ scope: select(HandoffStatement, { handoffId: id }) });
    expect(scope.map(({ text }) => text)).toEqual([cheaper.parsed.deal.scope]);

    await stage(id, Stage.IN_REVIEW);
    await sales.done(importForTest, HEALTHY);
    expect(await load(id)).toMatchObject({ termsRevision: 2, dealSnapshotId: adopted.dealSnapshotId });
    await stage(id, Stage.RETURNED);
    await sales.done(importForTest, HEALTHY);
    expect(await load(id)).toMatchObject({ revision: 3, termsRevision: 3 });
    expect((await world.read({ rows: select(DealSnapshot) })).rows).toHaveLength(3);
  });

  test('what sales has revised survives a new snapshot that says the same of it', async () => {
    const id = await open();
    const { statements } = await world.read({ statements: select(HandoffStatement, { handoffId: id }) });
    await sales.done(reviseStatement, { ...(await on(id)), statementId: statements[0]!.id, text: 'In our words' });
    await sales.done(
      importForTest,
      edited((text) => `${text}\n`),
    );
    const after = await world.read({ statements: select(HandoffStatement, { handoffId: id }) });
    expect(after.statements.map(({ text }) => text)).toEqual(['In our words']);
  });

  test('after a withdrawal the deal gets a second handoff', async () => {
    const id = await open();
    await sales.done(withdrawHandoff, { ...(await on(id)), reason: 'The client reopened the tender.' });
    const second = await open();
    expect(second).not.toBe(id);
    expect((await load(second)).number).toBe('H-2205.2');
    expect(await load(id)).toMatchObject({ stage: 'WITHDRAWN', withdrawnReason: 'The client reopened the tender.' });
  });

  test('the database itself: snapshots and payloads are never changed', async () => {
    await open();
    for (const table of ['deal_snapshot', 'deal_payload', 'quote_line']) {
      const attempt = suite.gateway.transaction(world.tenantId, (tx) =>
        tx.commit([{ text: `delete from ${table} where tenant_id = $1`, values: [] }]),
      );
      await expect(attempt).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('classifying', () => {
  test('another service template makes a new content version and a contributor', async () => {
    const id = await open();
    await sales.done(classifyForTest, { handoffId: id, serviceTemplate: 'cloud-migration' });
    expect(await load(id)).toMatchObject({ serviceTemplate: 'cloud-migration', termsRevision: 2, revision: 2 });
    const rows = await world.rows(
      'select content_revision from contribution where tenant_id = $1 order by content_revision',
    );
    expect(rows.map((row) => row.content_revision)).toEqual([1, 2]);
  });

  test('an unknown one is refused with the valid ones', async () => {
    const [found] = await sales.refused(classifyForTest, { handoffId: await open(), serviceTemplate: 'telepathy' });
    expect(found).toMatchObject({ code: 'UNKNOWN_SERVICE_TEMPLATE' });
    expect(found?.facts.valid).toContain('managed-network');
  });
});
