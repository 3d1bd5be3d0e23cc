import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { backtestDeals, freezeBaselineFromBacktest, startBacktest } from '../../src/backtest/backtest.commands.js';
import { Role } from '../../src/identity/roles.js';
import { operation } from '../kit/operation.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

const sample = (name: string): string => readFileSync(resolve(`samples/halopsa/${name}.json`), 'utf8');

/** A sample won on a day, as an opportunity of its own. */
function won(name: string, id: number, day: string): string {
  const deal = JSON.parse(sample(name)) as Record<'opportunity' | 'quotation', Record<string, unknown>>;
  Object.assign(deal.opportunity, { id, dateclosed: `${day}T10:00:00` });
  Object.assign(deal.quotation, { id, ticket_id: id });
  return JSON.stringify(deal);
}

const given = (...payloads: string[]) => payloads.map((payload) => ({ payload }));
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);

let suite: Suite;
let world: World;
let revops: Persona;
beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  revops = await world.as(Role.REVOPS_ADMIN);
});
afterAll(() => suite.close());

const rowsOf = async (table: string): Promise<number> =>
  Number((await world.rows(`select count(*) as count from ${table} where tenant_id = $1`))[0]!.count);

describe('a back-test', () => {
  let backtestId: string;

  it('judges won deals and writes nothing but its own rows: no deal, no handoff, no effect', async () => {
    const tables = ['deal', 'deal_snapshot', 'deal_payload', 'client', 'handoff', 'checklist_item', 'outbox_effect'];
    const before = await Promise.all(tables.map(rowsOf));
    backtestId = await revops.done(startBacktest, {});
    const deals = given(
      won('managed-network-healthy', 1, '2026-07-01'),
      won('managed-network-below-floor', 2, '2026-08-15'),
      won('managed-network-missing-cost', 3, '2026-09-30'),
      '{"opportunity": "none"}',
    );
    await revops.done(backtestDeals, { backtestId, deals });
    expect(await Promise.all(tables.map(rowsOf))).toEqual(before);
    expect(await rowsOf('backtest_deal')).toBe(4);
  });

  it('shows each deal with its gaps and the figures with their denominators, and margin to who sees it', async () => {
    const variables = { id: backtestId, first: 10, after: null };
    const { data, errors } = await (await world.as(Role.FINANCE_APPROVER)).graphql(operation('backtest'), variables);
    expect(errors).toEqual([]);
    const { summary } = data!.backtest as {
      summary: { figures: { definition: { key: string }; judged: number; notJudged: number; value: string | null }[] };
    };
    const deals = data!.backtestedDeals as { edges: { node: Record<string, unknown> }[] };
    expect(summary).toMatchObject({
      deals: 4,
      judged: 3,
      notJudged: 1,
      reading: false,
      fromOn: '2026-07-01',
      toOn: '2026-09-30',
      marginBelowFloor: 1,
      marginKnown: 2,
    });
    const figure = (key: string) => summary.figures.find(({ definition }) => definition.key === key)!;
    expect(figure('COMPLETION_RATE')).toMatchObject({
      numerator: '0',
      denominator: '3',
      value: '0',
      judged: 3,
      notJudged: 1,
    });
    expect(figure('QUALITY_SCORE')).toMatchObject({ denominator: '0', value: null, judged: 0, notJudged: 4 });
    expect(Number(figure('COMPLETENESS_SCORE').value)).toBeGreaterThan(0);
    const nodes = deals.edges.map(({ node }) => node);
    expect(nodes.find(({ externalId }) => externalId === '3')).toMatchObject({
      margin: null,
      belowFloor: null,
      judged: true,
    });
    expect(nodes.find(({ externalId }) => externalId === null)).toMatchObject({ judged: false, items: [] });
    // RevOps sees no margin: the operation of finance is refused as a whole, and the findings keep their figures.
    expect((await revops.graphql(operation('backtest'), variables)).errors[0]!.extensions.code).toBe('FORBIDDEN');
    const { data: theirs } = await revops.graphql(
      'query ($id: ID!) { backtestedDeals(backtestId: $id) { edges { node { findings { code message } } } } }',
      { id: backtestId },
    );
    const found = JSON.stringify(theirs);
    expect(found).toContain('MARGIN_BELOW_FLOOR');
    expect(found).toContain('needs the right to see MARGIN');
    expect(found).not.toMatch(/the margin is \d+ bps/);
  });

  it('refuses a deal that it has, by its opportunity or its text, and names each', async () => {
    const deals = given(
      won('managed-network-healthy', 1, '2026-07-02'),
      '{"opportunity": "none"}',
      won('managed-network-healthy', 9, '2026-07-01'),
    );
    const findings = await revops.refused(backtestDeals, { backtestId, deals });
    expect(findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'DEAL_REPEATED deals[0]',
      'DEAL_REPEATED deals[1]',
    ]);
    const twice = given(
      won('managed-network-healthy', 7, '2026-07-02'),
      won('managed-network-healthy', 7, '2026-07-02'),
    );
    expect(codes(await revops.refused(backtestDeals, { backtestId, deals: twice }))).toEqual(['DEAL_REPEATED']);
    expect(await rowsOf('backtest_deal')).toBe(4);
  });

  it('keeps of an export the digest and no text that names people', async () => {
    const [row] = await world.rows('select * from backtest_deal where tenant_id = $1 and external_id = $2', ['1']);
    const { opportunity } = JSON.parse(sample('managed-network-healthy')) as { opportunity: Record<string, string> };
    for (const name of ['user_name', 'user_email', 'client_name'])
      expect(
        JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
      ).not.toContain(opportunity[name] ?? 'nobody');
    expect(row!.raw_digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('freezes its figures as a baseline with cohort, source and digest, and then takes no deal any more', async () => {
    expect(codes(await revops.refused(freezeBaselineFromBacktest, { backtestId, kpi: 'QUALITY_SCORE' }))).toEqual([
      'KPI_NOT_BACKTESTED',
    ]);
    const { data, errors } = await revops.graphql(operation('freeze-baseline-from-backtest'), {
      input: { backtestId, kpi: 'COMPLETION_RATE' },
    });
    expect(errors).toEqual([]);
    expect(data!.freezeBaselineFromBacktest).toMatchObject({
      kpi: 'COMPLETION_RATE',
      fromOn: '2026-07-01',
      toOn: '2026-09-30',
      numerator: '0',
      denominator: '3',
      cohort: 'Back-test: 3 won deals; 1 of 4 could not be judged.',
      sourceUrl: `urn:countersign:backtest:${backtestId}`,
      sourceSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(codes(await revops.refused(freezeBaselineFromBacktest, { backtestId, kpi: 'COMPLETION_RATE' }))).toEqual([
      'ALREADY_FROZEN',
    ]);
    await revops.done(freezeBaselineFromBacktest, { backtestId, kpi: 'COMPLETENESS_SCORE' });
    const more = given(won('managed-network-healthy', 20, '2026-10-01'));
    expect(codes(await revops.refused(backtestDeals, { backtestId, deals: more }))).toEqual(['BACKTEST_FROZEN']);
    const [entry] = await world.rows(
      "select content from ledger_entry where tenant_id = $1 and action = 'freezeBaselineFromBacktest' and outcome = 'DONE' order by id limit 1",
    );
    expect((JSON.parse(entry!.content as string) as { body: object }).body).toMatchObject({
      backtestId,
      judged: 3,
      notJudged: 1,
      numerator: '0',
      denominator: '3',
    });
  });

  it('has nothing to freeze before a deal could be judged, or while the worker reads', async () => {
    const empty = await revops.done(startBacktest, {});
    const input = { backtestId: empty, kpi: 'COMPLETENESS_SCORE' };
    expect(codes(await revops.refused(freezeBaselineFromBacktest, input))).toEqual([
      'NOTHING_JUDGED',
      'ALREADY_FROZEN',
    ]);
    const reading = await revops.done(startBacktest, { lastWon: 5 });
    // A deal given by hand would stand for one that the worker has not read yet.
    const byHand = { backtestId: reading, deals: given(won('managed-network-healthy', 1, '2026-07-01')) };
    expect(codes(await revops.refused(backtestDeals, byHand))).toEqual(['BACKTEST_UNFINISHED']);
    const findings = await revops.refused(freezeBaselineFromBacktest, {
      backtestId: reading,
      kpi: 'COMPLETENESS_SCORE',
    });
    expect(codes(findings)).toContain('BACKTEST_UNFINISHED');
  });

  it('is for RevOps to run: everybody else is refused, and bad input is named', async () => {
    const sales = await world.as(Role.SALES_MANAGER);
    const { errors } = await sales.graphql(operation('start-backtest'), { input: {} });
    expect(errors[0]!.extensions.code).toBe('FORBIDDEN');
    for (const input of [
      { backtestId, deals: [] },
      { backtestId: 'none', deals: given('{}') },
      { backtestId, deals: given('') },
    ]) {
      const bad = await revops.graphql(operation('backtest-deals'), { input });
      expect(bad.errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
    }
    const toomany = await revops.graphql(operation('start-backtest'), { input: { lastWon: 201 } });
    expect(toomany.errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
  });
});
