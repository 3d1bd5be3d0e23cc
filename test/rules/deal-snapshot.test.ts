import { digestOf, sha256Hex } from '../../src/core/canonical.js';
import { recordSnapshot, type ReadableImport, type SnapshotFacts } from '../../src/deal/deal.effects.js';
import { Client, Deal, DealSnapshot, snapshotSource } from '../../src/deal/deal.entity.js';
import { termsOf } from '../../src/deal/deal.queries.js';
import type { PersonalKey } from '../../src/core/vault.js';
import { openImported, openPayload } from '../../src/deal/deal.payload.js';
import { id, moment, NOW, read, rowsOf, saying, TENANT, VAULT } from './handoff.kit.js';

const { raw, parsed } = read('managed-network-healthy');

const facts = (change: Partial<SnapshotFacts> = {}): SnapshotFacts => ({
  existing: null,
  current: null,
  client: null,
  parsed,
  raw,
  timeZone: 'Europe/London',
  ...change,
});

/** The same deal after its first import. */
function imported(change: Partial<SnapshotFacts> = {}): SnapshotFacts {
  const first = recordSnapshot(facts(), moment());
  const client = { id: first.clientId, name: 'Acme Ltd', externalId: '12', createdAt: NOW };
  return facts({
    existing: Object.assign(new Deal(), first.deal),
    current: Object.assign(new DealSnapshot(), first.snapshot),
    client: Object.assign(new Client(), client),
    ...change,
  });
}

describe('a first import', () => {
  const recorded = recordSnapshot(facts(), moment());

  test('makes client, deal, snapshot 1, payload with its key and lines, in this order', () => {
    expect(recorded).toMatchObject({ changed: true, revision: 1 });
    expect(recorded.statements.map(({ text }) => text.split(' (')[0])).toEqual([
      'insert into client',
      'insert into deal',
      'insert into deal_snapshot',
      'insert into personal_key',
      'insert into deal_payload',
      'insert into quote_line',
    ]);
    expect(rowsOf(recorded.statements, 'client')).toEqual([
      expect.objectContaining({ name: 'Acme Ltd', external_id: '12' }),
    ]);
    expect(rowsOf(recorded.statements, 'deal')).toEqual([
      expect.objectContaining({
        external_id: '2205',
        client_id: recorded.clientId,
        current_snapshot_id: recorded.snapshotId,
      }),
    ]);
  });

  test('keeps the payload byte for byte under a key of its own, with both digests', () => {
    const [payload] = rowsOf(recorded.statements, 'deal_payload');
    const [row] = rowsOf(recorded.statements, 'personal_key');
    const key = { ...row, id: recorded.snapshotId, tenantId: TENANT, kekId: row!.kek_id } as unknown as PersonalKey;
    expect(payload).toMatchObject({ id: recorded.snapshotId });
    expect(openPayload(VAULT, { key, text: payload!.raw as string }, 'raw')).toBe(raw);
    expect(openImported(VAULT, { key, text: payload!.imported as string })).toEqual(parsed.deal);
    expect(recorded.snapshot.rawDigest).toBe(sha256Hex(raw));
    expect(digestOf(JSON.parse(recorded.snapshot.terms))).toBe(recorded.snapshot.termsDigest);
    expect(termsOf(recorded.snapshot)).toEqual(parsed.terms);
    expect(snapshotSource(recorded.snapshot)).toEqual({
      type: 'DEAL_SNAPSHOT',
      id: recorded.snapshotId,
      version: '1',
      hash: parsed.termsDigest,
    });
  });

  test('each line as it was read, amounts as integers', () => {
    const lines = rowsOf(recorded.statements, 'quote_line');
    expect(lines).toHaveLength(parsed.terms.lines.length);
    expect(lines[0]).toMatchObject({ position: 1, total_minor: BigInt(parsed.terms.lines[0]!.totalMinor) });
  });

  test("the won day is the day in the tenant's time zone", () => {
    const late: ReadableImport = { ...parsed, deal: { ...parsed.deal, wonAt: '2026-09-30T23:30:00.000Z' } };
    const wonOn = (timeZone: string): string | null =>
      recordSnapshot(facts({ parsed: late, timeZone }), moment()).snapshot.wonOn;
    expect(wonOn('Europe/London')).toBe('2026-10-01');
    expect(wonOn('America/New_York')).toBe('2026-09-30');
    const open: ReadableImport = { ...parsed, deal: { ...parsed.deal, wonAt: null } };
    expect(recordSnapshot(facts({ parsed: open }), moment()).snapshot.wonOn).toBeNull();
  });
});

describe('a further import', () => {
  test('of the same content makes nothing', () => {
    const recorded = recordSnapshot(imported(), moment());
    expect(recorded).toMatchObject({ changed: false, revision: 1, statements: [], snapshotId: imported().current?.id });
  });

  test('of another payload with the same terms makes a new revision', () => {
    const again = recordSnapshot(
      imported({ raw: `${raw} `, parsed: { ...parsed, rawDigest: sha256Hex(`${raw} `) } }),
      moment(),
    );
    expect(again).toMatchObject({ changed: true, revision: 2, dealId: imported().existing?.id });
    expect(again.snapshot.termsDigest).toBe(parsed.termsDigest);
    expect(rowsOf(again.statements, 'client')).toEqual([]);
    expect(saying(again.statements, 'update deal set')).toHaveLength(1);
  });

  test('of the same payload, read otherwise by the tenant mapping, makes a new revision', () => {
    const other: ReadableImport = { ...parsed, termsDigest: 'e'.repeat(64) };
    expect(recordSnapshot(imported({ parsed: other }), moment())).toMatchObject({ changed: true, revision: 2 });
  });

  test('back to what was said two imports ago makes a new revision', () => {
    const other = recordSnapshot(imported({ parsed: { ...parsed, rawDigest: 'f'.repeat(64) } }), moment());
    const existing = Object.assign(new Deal(), other.deal);
    const current = Object.assign(new DealSnapshot(), other.snapshot);
    expect(recordSnapshot(imported({ existing, current }), moment())).toMatchObject({ changed: true, revision: 3 });
  });

  test('renames the client when the PSA does', () => {
    const client = Object.assign(new Client(), { id: id(21), name: 'Acme', externalId: '12', createdAt: NOW });
    const recorded = recordSnapshot(imported({ client, parsed: { ...parsed, rawDigest: 'f'.repeat(64) } }), moment());
    expect(saying(recorded.statements, 'update client')).toHaveLength(1);
    expect(recorded.clientId).toBe(id(21));
  });
});
