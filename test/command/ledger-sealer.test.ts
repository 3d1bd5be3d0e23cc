import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { verifyLedger } from '../../src/cli/ledger.js';
import { notesOf } from '../../src/cli/ledger-offline.js';
import { auditLedger } from '../../src/core/ledger/audit.js';
import { openCheckpoint } from '../../src/core/ledger/checkpoint.js';
import { LocalCheckpointFile } from '../../src/core/ledger/checkpoint-store.js';
import { UNSEALED_WINDOW_SECONDS } from '../../src/core/ledger/sealer.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { TRUST, verified } from '../rules/ledger.kit.js';
import { LedgerBench } from './ledger.kit.js';

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

describe('the sealer', () => {
  it('gives every entry its number, however many batches', async () => {
    await ledger.write(3);
    await suite.gateway.transaction(world.tenantId, (tx) =>
      tx.commit(Array.from({ length: 1500 }, () => ledger.entry())),
    );
    expect(await ledger.sealer().pass()).toBeGreaterThanOrEqual(1503);
    await ledger.expectDense();
    expect((await verifyLedger(suite.gateway, world.tenantId)).tampered).toEqual([]);
  });

  it('never skips what commits late: it comes behind what was sealed meanwhile', async () => {
    const late = await ledger.holding();
    await ledger.write(5);
    await ledger.sealer().pass();
    expect((await ledger.seals()).some(({ entry }) => entry === late.id)).toBe(false);
    await ledger.write(1);
    await ledger.sealer().pass();
    await late.commit();
    await ledger.sealer().pass();
    expect((await ledger.seals()).at(-1)!.entry).toBe(late.id);
    await ledger.expectDense();
  });

  it('finds every entry under any interleaving of writers, late commits and two sealers', async () => {
    let state = 20261121;
    const random = (below: number): number => (state = (state * 48271) % 2147483647) % below;
    const sealers = [ledger.sealer(), ledger.sealer()];
    for (let run = 0; run < 8; run++) {
      const open: Awaited<ReturnType<typeof ledger.holding>>[] = [];
      const going: Promise<unknown>[] = [];
      for (let step = 0; step < 25; step++) {
        const what = random(5);
        if (what === 0 && open.length < 4) open.push(await ledger.holding());
        else if (what === 1 && open.length > 0) going.push(open.splice(random(open.length), 1)[0]!.commit());
        else if (what === 2) going.push(sealers[random(2)]!.pass());
        else if (what === 3) going.push(sealers[0]!.pass(), sealers[1]!.pass());
        else going.push(ledger.write(1 + random(3)));
        if (random(3) === 0) await Promise.all(going.splice(0));
      }
      await Promise.all([...going, ...open.map(({ commit }) => commit())]);
      await sealers[random(2)]!.cover(world.tenantId);
      await ledger.expectDense();
    }
    expect((await verifyLedger(suite.gateway, world.tenantId)).tampered).toEqual([]);
    expect(await verified(await ledger.exported())).toMatchObject({ kind: 'sound' });
  });

  it('is never taken for a forger when it seals while the ledger is looked through', async () => {
    await ledger.write(3);
    await ledger.sealer().cover(world.tenantId);
    const sealed = (await ledger.seals()).length;
    let isBehind = false;
    const { entries, tampered } = await auditLedger(async (queries) => {
      const answers = await ledger.read(queries);
      const isPastTheLast = 'roots' in queries && queries.roots.values[0] === sealed;
      if (isPastTheLast && !isBehind) {
        isBehind = true;
        await ledger.write(2);
        await ledger.sealer().cover(world.tenantId);
      }
      return answers;
    });
    expect(isBehind).toBe(true);
    expect(tampered).toEqual([]);
    expect(entries).toBe(sealed);
  });

  it('goes on with another tenant where one is held by another sealer', async () => {
    const other = await suite.tenant();
    await ledger.write(2);
    const holder = new pg.Client({ connectionString: suite.appUrl });
    await holder.connect();
    await ledger.sealer().pass();
    await ledger.write(1);
    await holder.query('begin');
    await holder.query(`set local app.tenant_id = '${world.tenantId}'`);
    await holder.query('select 1 from ledger_head where tenant_id = $1 for update', [world.tenantId]);
    const started = performance.now();
    await ledger.sealer([world.tenantId, other.tenantId]).pass();
    expect(performance.now() - started).toBeLessThan(1500);
    expect(await ledger.count('ledger_pending')).toBe(1);
    const left = await other.rows('select 1 from ledger_pending where tenant_id = $1');
    expect(left.length).toBe(0);
    await holder.query('rollback');
    await holder.end();
    await ledger.sealer().pass();
    await ledger.expectDense();
  });

  it('leaves an idle tenant alone: one statement a pass, no transaction', async () => {
    await ledger.sealer().cover(world.tenantId);
    suite.clock.advanceHours(1);
    await ledger.sealer().pass();
    suite.statements.length = 0;
    await ledger.sealer().pass();
    expect(suite.statements.filter((text) => text.startsWith('begin'))).toEqual([
      'begin isolation level repeatable read read only',
    ]);
    expect(suite.statements.filter((text) => !/^(begin|commit|set local)/.test(text)).length).toBe(1);
  });

  it('seals within the window that it states, in every tenant', async () => {
    const others = [await suite.tenant(), await suite.tenant(), await suite.tenant()];
    const all = [world, ...others];
    const worker = ledger.sealer(all.map(({ tenantId }) => tenantId));
    worker.start();
    try {
      for (let round = 0; round < 3; round++) {
        for (const each of all) await new LedgerBench(each).write(2);
        const since = performance.now();
        for (const each of all)
          while ((await new LedgerBench(each).count('ledger_pending')) > 0)
            await new Promise((resolve) => setTimeout(resolve, 20));
        expect(performance.now() - since).toBeLessThan(UNSEALED_WINDOW_SECONDS * 1000);
      }
    } finally {
      await worker.stop();
    }
    await ledger.expectDense();
  });

  it('tells after commit which kinds of record have changed, and nothing else', async () => {
    const listener = new pg.Client({ connectionString: suite.appUrl });
    await listener.connect();
    const heard: string[] = [];
    listener.on('notification', ({ payload }) => void heard.push(payload ?? ''));
    await listener.query('listen countersign_changes');
    await ledger.sealer().cover(world.tenantId);
    // What was told before a question is heard before its answer.
    await listener.query('select 1');
    heard.length = 0;
    await ledger.write(2);
    await ledger.sealer().pass();
    await listener.query('select 1');
    await listener.end();
    expect(heard.map((text) => JSON.parse(text) as unknown)).toEqual([{ tenant: world.tenantId, topics: ['Test'] }]);
  });
});

describe('checkpoints', () => {
  const sizes = async (): Promise<number[]> =>
    (await world.rows('select size from ledger_checkpoint where tenant_id = $1 order by size')).map((row) =>
      Number(row.size),
    );
  const shipped = async (): Promise<string[]> =>
    (
      await world.rows(
        "select payload from outbox_effect where tenant_id = $1 and kind = 'ledger.checkpoint' order by id",
      )
    ).map((row) => (JSON.parse(row.payload as string) as { size: string }).size);
  const later = (seconds: number): void => {
    suite.clock.at = new Date(suite.clock.at.getTime() + seconds * 1000);
  };

  it('are signed every ten seconds while there is something new, and sent away at most once a minute', async () => {
    await ledger.sealer().pass();
    const first = await ledger.count('ledger_entry');
    expect(await sizes()).toEqual([first]);
    await ledger.write(1);
    await ledger.sealer().pass();
    later(9);
    await ledger.sealer().pass();
    expect(await sizes()).toEqual([first]);
    later(1);
    await ledger.sealer().pass();
    expect(await sizes()).toEqual([first, first + 1]);
    later(3600);
    await ledger.sealer().pass();
    expect(await sizes()).toEqual([first, first + 1]);
    expect(await shipped()).toEqual([String(first), String(first + 1)]);
    for (let n = 0; n < 6; n++) {
      await ledger.write(1);
      later(10);
      await ledger.sealer().pass();
    }
    expect((await sizes()).length).toBe(8);
    expect(await shipped()).toEqual([first, first + 1, first + 7].map(String));
  });

  it('wait for nobody when a clock was set back', async () => {
    await ledger.sealer().pass();
    await ledger.write(1);
    later(-3600);
    await ledger.sealer().pass();
    expect((await sizes()).length).toBe(2);
    later(3600);
  });

  it('are kept in a file, each once, even after a crash in the middle of a line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-ledger-'));
    const store = new LocalCheckpointFile(folder);
    await ledger.sealer().cover(world.tenantId);
    await ledger.write(1);
    await ledger.sealer().cover(world.tenantId);
    const [one, two] = (await world.rows('select note from ledger_checkpoint where tenant_id = $1 order by size')).map(
      (row) => row.note as string,
    ) as [string, string];
    const file = join(folder, await store.keep(world.tenantId, one));
    await store.keep(world.tenantId, one);
    expect(readFileSync(file, 'utf8')).toBe(one);
    for (const cut of [two.slice(0, 30), two.slice(0, -20), two.slice(0, -1)]) {
      writeFileSync(file, one);
      appendFileSync(file, cut);
      await store.keep(world.tenantId, two);
      expect(readFileSync(file, 'utf8')).toBe(one + two);
    }
    truncateSync(file, 10);
    await store.keep(world.tenantId, two);
    expect(notesOf(file).map((note) => openCheckpoint(note, TRUST.keys).ok)).toEqual([true]);
    rmSync(folder, { recursive: true });
  });
});
