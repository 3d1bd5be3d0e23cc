import pg from 'pg';
import { verifyLedger } from '../../src/cli/ledger.js';
import { newId } from '../../src/core/id.js';
import { lineText } from '../../src/core/ledger/lines.js';
import { checkProofs, proveConsistency, proveEntry } from '../../src/core/ledger/proof.js';
import { UNSEALED_WINDOW_SECONDS } from '../../src/core/ledger/sealer.js';
import { Role } from '../../src/identity/roles.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { TRUST, verified } from '../rules/ledger.kit.js';
import { LedgerBench, type SealRow } from './ledger.kit.js';

let suite: Suite;
let world: World;
let ledger: LedgerBench;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  world = await suite.tenant();
  ledger = new LedgerBench(world);
});
afterAll(() => suite.close());

describe('an export', () => {
  it('is sound, lists what decisions stood on, and finds what has changed of it since', async () => {
    await ledger.sealer().cover(world.tenantId);
    const text = await ledger.exported();
    const verdict = await verified(text);
    expect(verdict).toMatchObject({ kind: 'sound', summary: { tenant: world.tenantId, from: 1, unchecked: 0 } });
    expect(verdict.kind === 'sound' && verdict.summary.sources).toBeGreaterThan(0);
    expect(text).toContain('"status":"UNCHANGED"');
    const superuser = new pg.Client({ connectionString: suite.superuserUrl });
    await superuser.connect();
    await superuser.query(
      "update configuration_version set content = replace(content, 'Northwind', 'Southwind') where tenant_id = $1",
      [world.tenantId],
    );
    await superuser.end();
    expect(await verified(await ledger.exported())).toMatchObject({
      kind: 'tampered',
      what: expect.stringMatching(/^the source CONFIGURATION \S+ version 1 of a decision is changed$/),
    });
  });

  it('names an entry that somebody kept from the sealer', async () => {
    await ledger.write(1);
    const { text, values } = ledger.entry();
    await suite.gateway.transaction(world.tenantId, (tx) =>
      tx.commit([
        { text, values },
        { text: 'delete from ledger_pending where tenant_id = $1 and id = $2', values: [values[0]] },
      ]),
    );
    await ledger.sealer().cover(world.tenantId);
    expect(await verified(await ledger.exported())).toMatchObject({
      kind: 'tampered',
      what: expect.stringContaining(`kept from the sealer: ${String(values[0])}`),
    });
    expect((await verifyLedger(suite.gateway, world.tenantId)).tampered).toEqual([
      expect.stringContaining(String(values[0])),
    ]);
  });

  it('of a period has every entry of it and ends at the next checkpoint', async () => {
    await ledger.sealer().cover(world.tenantId);
    const start = suite.clock.at;
    const at = (hours: number): Date => new Date(start.getTime() + hours * 3_600_000);
    for (let hour = 1; hour <= 6; hour++) {
      suite.clock.at = at(hour);
      await ledger.write(2);
      await ledger.sealer().cover(world.tenantId);
    }
    suite.clock.at = start;
    const before = (await ledger.count('ledger_entry')) - 12;
    expect(await verified(await ledger.exported({ period: { from: at(2), to: at(4) } }))).toMatchObject({
      kind: 'sound',
      summary: { from: before + 3, to: before + 6 },
    });
    expect(await verified(await ledger.exported({ period: { from: at(5), to: null } }))).toMatchObject({
      summary: { from: before + 9, to: before + 12 },
    });
    expect(await ledger.exported({ period: { from: at(7), to: null } })).toBe('');
  });

  it.each([
    {
      name: 'an entry that was rewritten with a hash of its own',
      change: rewrite,
      what: /does not match|not what was sealed/,
    },
    { name: 'an entry that was dropped with its seal', change: drop, what: /missing/ },
    { name: 'the last entries dropped', change: cut, what: /missing/ },
  ])('and the look at the tables find $name', async ({ change, what }) => {
    await ledger.write(10);
    await ledger.sealer().cover(world.tenantId);
    const superuser = new pg.Client({ connectionString: suite.superuserUrl });
    await superuser.connect();
    await superuser.query("set session_replication_role = 'replica'");
    await change(superuser);
    await superuser.end();
    expect((await verifyLedger(suite.gateway, world.tenantId)).tampered.join('\n')).toMatch(what);
    expect((await verified(await ledger.exported())).kind).toBe('tampered');
  });

  async function rewrite(superuser: pg.Client): Promise<void> {
    await superuser.query(
      `update ledger_entry set content = replace(content, '"DONE"', '"REFUSED"'), outcome = 'REFUSED',
        leaf_hash = encode(sha256('\\x00' || convert_to(replace(content, '"DONE"', '"REFUSED"'), 'UTF8')), 'hex')
        where tenant_id = $1 and action = 'test'`,
      [world.tenantId],
    );
  }

  async function drop(superuser: pg.Client): Promise<void> {
    const { rows } = await superuser.query(
      'delete from ledger_seal where tenant_id = $1 and seq = 3 returning entry_id',
      [world.tenantId],
    );
    await superuser.query('delete from ledger_entry where tenant_id = $1 and id = $2', [
      world.tenantId,
      rows[0].entry_id,
    ]);
  }

  async function cut(superuser: pg.Client): Promise<void> {
    const { rows } = await superuser.query(
      'delete from ledger_seal where tenant_id = $1 and seq > 4 returning entry_id',
      [world.tenantId],
    );
    await superuser.query('delete from ledger_entry where tenant_id = $1 and id = any($2)', [
      world.tenantId,
      rows.map((row) => row.entry_id as string),
    ]);
  }
});

describe('proofs', () => {
  const checked = async (text: string, keys = TRUST.keys): ReturnType<typeof checkProofs> => {
    async function* bytes(): AsyncGenerator<Buffer> {
      yield Buffer.from(text);
    }
    return checkProofs(bytes(), keys);
  };

  it('of every entry hold, and of nothing else', async () => {
    await ledger.write(40);
    await ledger.sealer().cover(world.tenantId);
    const lines: string[] = [];
    for (const { entry } of await ledger.seals())
      lines.push(lineText((await proveEntry(world.tenantId, ledger.read, entry))!));
    const verdict = await checked(lines.join(''));
    expect(verdict).toMatchObject({ kind: 'sound' });
    expect(verdict.kind === 'sound' && verdict.told.length).toBe(lines.length);
    expect(await checked(lines[3]!.replace('"seq":4', '"seq":5'))).toMatchObject({ kind: 'tampered' });
    expect(await checked(lines[3]!.replace('\\"DONE\\"', '\\"GONE\\"'))).toMatchObject({ kind: 'tampered' });
    expect(await checked(lines[3]!, [])).toMatchObject({ kind: 'tampered' });
    expect(await checked('')).toMatchObject({ kind: 'unreadable' });
  });

  it('that an older checkpoint is the beginning of the newest', async () => {
    await ledger.sealer().cover(world.tenantId);
    const older = (await world.rows('select size, note from ledger_checkpoint where tenant_id = $1'))[0]!;
    await ledger.write(9);
    await ledger.sealer().cover(world.tenantId);
    const line = await proveConsistency(world.tenantId, ledger.read, {
      size: Number(older.size),
      note: older.note as string,
    });
    expect(await checked(lineText(line!))).toMatchObject({ kind: 'sound' });
    expect(await checked(lineText({ ...line!, path: line!.path.slice(1) }))).toMatchObject({ kind: 'tampered' });
  });

  it('and the state of the ledger are for auditors, over the API', async () => {
    await ledger.sealer().cover(world.tenantId);
    await ledger.write(2);
    const auditor = await world.as(Role.AUDITOR);
    const asked =
      '{ ledgerStatus { entries sealed pending oldestPendingSeconds windowSeconds lastCheckpoint { size note } } }';
    suite.clock.at = new Date(suite.clock.at.getTime() + 3000);
    const entries = await ledger.count('ledger_entry');
    const { data, errors } = await auditor.graphql(asked);
    expect(errors).toEqual([]);
    expect(data!.ledgerStatus).toMatchObject({
      entries,
      sealed: entries - 2,
      pending: 2,
      oldestPendingSeconds: 3,
      windowSeconds: UNSEALED_WINDOW_SECONDS,
      lastCheckpoint: { size: entries - 2, note: expect.stringContaining(`countersign/${world.tenantId}\n`) },
    });
    const proof = 'query ($id: ID!) { ledgerProof(entryId: $id) { seq leaf path checkpoint file } }';
    const [{ entry }] = (await ledger.seals()) as [SealRow];
    const found = (await auditor.graphql(proof, { id: entry })).data!.ledgerProof;
    expect(await checked(found.file as string)).toMatchObject({ kind: 'sound' });
    const waiting = (await world.rows('select id from ledger_pending where tenant_id = $1'))[0]!.id;
    expect((await auditor.graphql(proof, { id: waiting })).data).toEqual({ ledgerProof: null });
    const unknown = await auditor.graphql(proof, { id: newId() });
    expect(unknown.errors[0]!.extensions.code).toBe('NOT_FOUND');
    const malformed = await auditor.graphql(proof, { id: 'x' });
    expect(malformed.errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
    const foreign = await (await suite.tenant()).as(Role.AUDITOR);
    expect((await foreign.graphql(proof, { id: entry })).errors[0]!.extensions.code).toBe('NOT_FOUND');
    const sales = await world.as(Role.SALES_MANAGER);
    expect((await sales.graphql(asked)).errors[0]!.extensions.code).toBe('FORBIDDEN');
  });
});
