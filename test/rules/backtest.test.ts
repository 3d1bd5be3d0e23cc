import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ProofGap } from '../../src/backtest/backtest.entity.js';
import {
  figureOf,
  figuresOf,
  marginCounts,
  type Outcome,
  periodOf,
  sourceDigest,
} from '../../src/backtest/backtest.figures.js';
import { gapsOf } from '../../src/backtest/backtest.items.js';
import { judgeDeal } from '../../src/backtest/backtest.rules.js';
import type { RuledConfiguration } from '../../src/catalogue/configuration.js';
import { parseConfigurationFile } from '../../src/catalogue/configuration-file.js';
import { DealType, Tier } from '../../src/handoff/handoff.entity.js';
import { KPI_DEFINITIONS } from '../../src/kpi/kpi.definitions.js';

const sample = (name: string): string => readFileSync(resolve(`samples/halopsa/${name}.json`), 'utf8');
const parsed = parseConfigurationFile(readFileSync(resolve('tenants/northwind-managed.yaml'), 'utf8'));
if (!parsed.ok) throw new Error('The sample tenant is not sound');
const configuration = parsed.configuration as RuledConfiguration;
const TODAY = '2026-11-23';

interface Export {
  opportunity: Record<string, unknown>;
  quotation: Record<string, unknown>;
}

/** A sample with some members otherwise; undefined takes one out. */
function changed(name: string, change: (deal: Export) => void): string {
  const deal = JSON.parse(sample(name)) as Export;
  change(deal);
  return JSON.stringify(deal);
}

/** A deal that was won, signed and paid for. */
const best = changed('managed-network-healthy', ({ opportunity, quotation }) => {
  opportunity.dateclosed = '2026-10-15T23:30:00';
  Object.assign(quotation, {
    scope: 'Forty switches in three sites.',
    signature: 'data:image/png;base64,AAAA',
    approvaldatetime: '2026-10-15T10:00:00',
    ponumber: 'PO-1',
  });
});
const judge = (payload: string, more: object = {}) => judgeDeal({ payload, ...more }, configuration, TODAY);
const codesOf = ({ findings }: { findings: readonly { code: string }[] }): string[] => [
  ...new Set(findings.map(({ code }) => code)),
];

describe('judging a deal of the past', () => {
  it('names for each item whether the export proves it, and what is missing where it does not', () => {
    const deal = judge(best);
    expect(deal).toMatchObject({ judged: true, wonOn: '2026-10-16', dealType: 'NEW_BUSINESS', belowFloor: false });
    const proven = deal.items.filter((item) => item.proven).map(({ code }) => code);
    expect(proven).toEqual(['SIGNED_SCOPE', 'MARGIN_FLOOR', 'EXECUTED_CONTRACT', 'PAYMENT_OR_PO']);
    for (const item of deal.items) expect(item.proven).toBe(item.lacks.length === 0);
    expect(deal.items.find(({ code }) => code === 'ACCEPTANCE_CRITERIA')!.lacks).toEqual([ProofGap.NOT_IN_EXPORT]);
    const required = deal.items.filter((item) => item.required);
    expect(deal.requiredWeight).toBe(required.reduce((sum, { weight }) => sum + weight, 0));
    expect(deal.provenWeight).toBe(required.filter((item) => item.proven).reduce((sum, { weight }) => sum + weight, 0));
    expect(deal.findings.filter(({ code }) => code === 'NOT_PROVEN_BY_EXPORT').map(({ path }) => path)).toEqual(
      required.filter((item) => !item.proven).map(({ code }) => `checklist.${code}`),
    );
    // HaloPSA has no place for what a submit needs, so no deal of the past was complete by it alone.
    expect(deal.complete).toBe(false);
    expect(codesOf(deal)).toEqual(expect.arrayContaining(['NOT_PROVEN_BY_EXPORT', 'CONTENT_MISSING']));
  });

  it('takes the day of the win by the calendar of the tenant, and without one judges nothing', () => {
    const undated = changed('managed-network-healthy', ({ opportunity }) => {
      delete opportunity.dateclosed;
      delete opportunity.oppconverteddate;
    });
    expect(judge(undated)).toMatchObject({ judged: false, wonOn: null, complete: false });
    expect(codesOf(judge(undated))).toContain('WON_DATE_MISSING');
    const future = changed('managed-network-healthy', ({ opportunity }) => {
      opportunity.dateclosed = '2026-12-24T10:00:00';
    });
    expect(judge(future)).toMatchObject({ judged: false, wonOn: '2026-12-24' });
    expect(codesOf(judge(future))).toContain('WON_IN_FUTURE');
  });

  it('shows a missing cost as unknown margin, never as 0', () => {
    const deal = judge(sample('managed-network-missing-cost'));
    expect(deal).toMatchObject({ marginMinor: null, marginBps: null, belowFloor: null });
    expect(deal.revenueMinor).toBeGreaterThan(0n);
    expect(codesOf(deal)).toContain('COST_MISSING');
    expect(deal.items.find(({ code }) => code === 'MARGIN_FLOOR')!.lacks).toEqual([ProofGap.MARGIN_AT_FLOOR]);
  });

  it('compares the margin with the floors in force', () => {
    const deal = judge(sample('managed-network-below-floor'));
    expect(deal.belowFloor).toBe(true);
    const [found] = deal.findings.filter(({ code }) => code === 'MARGIN_BELOW_FLOOR');
    expect(found).toMatchObject({ discloses: 'MARGIN' });
  });

  it('keeps what cannot be read as a deal of its own, with every reason', () => {
    const hostile = judge('{"opportunity": 1}');
    expect(hostile).toMatchObject({ judged: false, externalId: null, requiredWeight: 0, provenWeight: 0, items: [] });
    expect(hostile.findings.length).toBeGreaterThan(0);
    const mixed = changed('managed-network-healthy', ({ quotation }) => {
      quotation.lines = [];
    });
    expect(judge(mixed)).toMatchObject({
      judged: false,
      externalId: expect.stringMatching(/^\d+$/),
      revenueMinor: null,
    });
  });

  it('refuses a template that the tenant has not, as a finding of the deal', () => {
    const deal = judge(best, { serviceTemplate: 'moon-base' });
    expect(deal).toMatchObject({ judged: false, tier: null, serviceTemplate: null });
    expect(codesOf(deal)).toContain('UNKNOWN_SERVICE_TEMPLATE');
    expect(judge(best, { dealType: DealType.NEW_BUSINESS }).tier).toBe(judge(best).tier);
    expect(Object.values(Tier)).toContain(judge(best).tier);
  });

  it('answers the same for the same text, and never throws', () => {
    expect(judge(best)).toEqual(judge(best));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (payload) => {
        const deal = judge(payload);
        expect(deal.judged || deal.findings.length > 0).toBe(true);
        expect(deal.provenWeight).toBeLessThanOrEqual(deal.requiredWeight);
      }),
      { numRuns: 100 },
    );
  });
});

describe('proving an item', () => {
  const nothing = { scope: null, signatureDigest: null, approvedAt: null, purchaseOrder: null };

  it('names everything that is missing at once', () => {
    const ground = { deal: nothing, meetsFloor: false };
    expect(gapsOf('SIGNED_SCOPE', ground)).toEqual([ProofGap.SCOPE_TEXT, ProofGap.SIGNATURE]);
    expect(gapsOf('EXECUTED_CONTRACT', ground)).toEqual([ProofGap.SIGNATURE, ProofGap.APPROVAL_TIME]);
    expect(gapsOf('PAYMENT_OR_PO', ground)).toEqual([ProofGap.PURCHASE_ORDER]);
    expect(gapsOf('constructor', ground)).toEqual([ProofGap.NOT_IN_EXPORT]);
    expect(gapsOf('MARGIN_FLOOR', { deal: nothing, meetsFloor: true })).toEqual([]);
  });
});

describe('the figures of a back-test', () => {
  const outcome = fc.record<Outcome>({
    judged: fc.boolean(),
    wonOn: fc.constantFrom(null, '2026-07-01', '2026-09-30'),
    requiredWeight: fc.integer({ min: 0, max: 100 }),
    provenWeight: fc.constant(0),
    complete: fc.boolean(),
    belowFloor: fc.constantFrom(null, true, false),
    rawDigest: fc.stringMatching(/^[0-9a-f]{64}$/),
  });
  const sound = outcome.map((one) => ({
    ...one,
    judged: one.judged && one.wonOn !== null,
    complete: one.complete && one.judged && one.wonOn !== null,
    provenWeight: Math.floor(one.requiredWeight / 2),
  }));

  it('count every deal once, as judged or as not', () => {
    fc.assert(
      fc.property(fc.array(sound), (deals) => {
        for (const { judged, notJudged, numerator, denominator } of figuresOf(deals)) {
          expect(judged + notJudged).toBe(deals.length);
          expect(numerator).toBeLessThanOrEqual(denominator);
          if (judged === 0) expect(denominator).toBe(0n);
        }
        const { below, known } = marginCounts(deals);
        expect([below <= known, known <= deals.length]).toEqual([true, true]);
        expect(figureOf('COMPLETION_RATE', deals).denominator).toBe(BigInt(deals.filter((one) => one.judged).length));
      }),
    );
  });

  it('are of every KPI, and without a value where no export tells of it', () => {
    const deal = {
      judged: true,
      wonOn: '2026-07-01',
      requiredWeight: 50,
      provenWeight: 20,
      complete: true,
      belowFloor: null,
      rawDigest: 'a',
    };
    const figures = figuresOf([deal]);
    expect(figures.map(({ kpi }) => kpi)).toEqual(KPI_DEFINITIONS.map(({ key }) => key));
    const told = figures
      .filter(({ judged }) => judged > 0)
      .map(({ kpi, numerator, denominator }) => [kpi, numerator, denominator]);
    expect(told).toEqual([
      ['COMPLETENESS_SCORE', 20n, 50n],
      ['COMPLETION_RATE', 1n, 1n],
    ]);
    expect(marginCounts([deal])).toEqual({ below: 0, known: 0 });
  });

  it('are of the days of the first and the last win that counts', () => {
    const at = (wonOn: string | null, judged: boolean): Outcome => ({
      judged,
      wonOn,
      requiredWeight: 0,
      provenWeight: 0,
      complete: false,
      belowFloor: null,
      rawDigest: 'a',
    });
    expect(periodOf([at('2026-09-30', true), at('2026-07-01', true), at('2026-01-01', false)])).toEqual({
      fromOn: '2026-07-01',
      toOn: '2026-09-30',
    });
    expect(periodOf([at(null, false)])).toBeNull();
  });

  it('have one digest for the same exports in any order, another for another configuration', () => {
    const of = (...digests: string[]) => digests.map((rawDigest) => ({ rawDigest }));
    expect(sourceDigest(of('a', 'b'), 'c')).toBe(sourceDigest(of('b', 'a'), 'c'));
    expect(sourceDigest(of('a', 'b'), 'd')).not.toBe(sourceDigest(of('a', 'b'), 'c'));
    expect(sourceDigest(of('a'), 'c')).not.toBe(sourceDigest(of('a', 'b'), 'c'));
  });
});
