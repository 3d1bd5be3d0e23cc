import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HaloInstance } from './instance.js';
import { badRequest } from './refusal.js';
import type { HaloRecord, TableName } from './store.js';
import { listOf } from './ticket-parts.js';
import { PIPELINE } from './tickets.write.js';
import { pick } from './validation.js';
import { textOf } from './values.js';

/** What every new instance has: the configuration that an MSP makes once. Ids are those of the sample exports. */
const LISTS: Readonly<Partial<Record<TableName, readonly HaloRecord[]>>> = {
  ticketType: [
    { id: 30, name: 'Opportunity', use: 'ticket', kind: 'OPPORTUNITY', firstStatus: 1 },
    { id: 5, name: 'Project', use: 'ticket', kind: 'PROJECT', firstStatus: 20, defaultTemplate: 12 },
    { id: 6, name: 'Project task', use: 'ticket', firstStatus: 20 },
    { id: 1, name: 'Incident', use: 'ticket', firstStatus: 1 },
  ],
  status: [
    { id: 1, name: 'New' },
    { id: 2, name: 'In progress' },
    { id: 3, name: 'Awaiting approval' },
    { id: 4, name: 'Handoff blocked' },
    { id: 8, name: 'Lost', closed: true },
    { id: 9, name: 'Won', closed: true, won: true },
    { id: 20, name: 'Planned' },
    { id: 21, name: 'Awaiting sign-off' },
    { id: 22, name: 'Active' },
    { id: 23, name: 'Completed', closed: true },
    { id: 24, name: 'Cancelled', closed: true },
  ],
  outcome: [
    { id: 1, outcome: 'Note' },
    { id: 2, outcome: 'Win', newstatus: 9, closure: 3, stage: 5, from: 'OPEN', wins: true },
    { id: 3, outcome: 'Lose', newstatus: 8, closure: 4, stage: 6, from: 'OPEN' },
    { id: 4, outcome: 'Reopen', newstatus: 2, stage: 4, from: 'CLOSED' },
    { id: 5, outcome: 'Email user' },
    { id: 6, outcome: 'Private note' },
    { id: 7, outcome: 'Complete', newstatus: 23 },
  ],
  budgetType: [
    { id: 1, name: 'Labour', defaultrate: 95 },
    { id: 2, name: 'Project management', defaultrate: 110 },
    { id: 3, name: 'Equipment', defaultrate: 0 },
  ],
  agent: [
    { id: 7, name: 'Sam Hughes', email: 'sam.hughes@northwind.example', initials: 'SH', isapiagent: false },
    { id: 8, name: 'Jo Whitfield', email: 'jo.whitfield@northwind.example', initials: 'JW', isapiagent: false },
    { id: 90, name: 'Countersign', email: 'countersign@northwind.example', initials: 'CS', isapiagent: true },
  ],
  template: [
    { id: 11, name: 'Managed network', tickettype_id: 5 },
    {
      id: 12,
      name: 'Default project',
      tickettype_id: 5,
      children: [{ tickettype_id: 6, summary: 'Send the welcome pack' }],
    },
  ],
  approvalProcess: [{ id: 1, name: 'Won opportunity', type: 0, steps: [] }],
  fieldInfo: [
    ['CFServiceTemplate', 201],
    ['CFDealType', 202],
    ['CFHandoffId', 203],
    ['CFHandoffGate', 204],
    ['CFHandoffMissing', 205],
    ['CFHandoffStatus', 206],
    ['CFHandoffUrl', 207],
    ['CFBaseline', 208],
    ['CFKickoff', 209],
  ].map(([name, id]) => ({ id, name, label: textOf(name).slice(2), type: 0, usage: 1, custom: 1, inputtype: 0 })),
};

/** The deals of a new instance, from samples/halopsa: one in each stage, none won. */
const DEALS: readonly { readonly file: string; readonly id: number; readonly stage: number }[] = [
  { file: 'managed-network-healthy.json', id: 2205, stage: 4 },
  { file: 'managed-network-below-floor.json', id: 2206, stage: 4 },
  { file: 'managed-network-missing-cost.json', id: 2207, stage: 3 },
  { file: 'managed-workplace-recurring-only.json', id: 2208, stage: 2 },
  { file: 'managed-network-healthy.json', id: 2209, stage: 6 },
];

/** How probable a deal of a stage is, in per cent. */
const PROBABILITY: Readonly<Record<number, number>> = { 1: 10, 2: 25, 3: 50, 4: 75, 5: 100, 6: 0 };

/** Gives a new instance its configuration and, with the folder of samples, its deals. One that has records is left. */
export function seedInstance(halo: HaloInstance, samplesFolder?: string): void {
  if (!halo.store.isEmpty) return;
  for (const [table, records] of Object.entries(LISTS)) {
    for (const record of records ?? []) halo.store.put(table as TableName, record);
  }
  if (samplesFolder === undefined) return;
  for (const { file, id, stage } of DEALS) {
    seedDeal(halo, JSON.parse(readFileSync(join(samplesFolder, file), 'utf8')), { id, stage });
  }
}

/** Which deal to make of a sample. */
export interface DealOptions {
  /** The opportunity's number; the quotation then gets one of its own too. The sample's by default. */
  readonly id?: number;
  /** The pipeline stage, from 1 (qualified) to 5 (won) and 6 (lost). As the sample stands by default. */
  readonly stage?: number;
}

/** Names under which an export carries its quotation. */
const QUOTATION_NAMES = ['quotation', 'quotations', 'quote', 'quotes'];

/** A record, bare or the first of a list. */
function first(value: unknown): HaloRecord | undefined {
  return (Array.isArray(value) ? value[0] : value) as HaloRecord | undefined;
}

/**
 * Puts an opportunity and its quotation into an instance, from an export: `{opportunity, quotation}`, or an opportunity
 * with its quotation inside. Client, site, contact and owner are made too; an
 * opportunity of that number and its quotations are replaced. Answers the opportunity's number.
 */
export function seedDeal(halo: HaloInstance, exported: unknown, options: DealOptions = {}): number {
  const root = exported as HaloRecord;
  const sample = first(root.opportunity ?? root);
  const quote = first(QUOTATION_NAMES.map((name) => root[name] ?? sample?.[name]).find((found) => found !== undefined));
  if (!sample?.id || !quote?.id || !Array.isArray(quote.lines)) {
    throw badRequest('Give an opportunity with a quotation that has lines, as {"opportunity": ..., "quotation": ...}.');
  }
  const id = options.id ?? (sample.id as number);
  const opportunity = { ...pick('Ticket', sample), id, ...(options.stage === undefined ? {} : staged(options.stage)) };
  seedPeople(halo, sample);
  const time = halo.time();
  halo.store.put('ticket', { last_update: time, lastactiondate: time, ...opportunity, madeAt: halo.now().getTime() });
  const earlier = halo.store.all('quotation').filter(({ ticket_id }) => ticket_id === id);
  for (const quotation of earlier) halo.store.remove('quotation', quotation.id);
  const quotationId = options.id === undefined ? (quote.id as number) : id + 2000;
  const lines = listOf(quote, 'lines').map((line, at) => ({
    ...pick('QuotationLine', line),
    id: options.id === undefined ? line.id : quotationId * 100 + at,
    qhid: quotationId,
  }));
  halo.store.put('quotation', { ...pick('Quotation', quote), id: quotationId, ticket_id: id, lines });
  return id;
}

function staged(stage: number): HaloRecord {
  const lost = stage === 6;
  return {
    status_id: stage === 5 ? 9 : lost ? 8 : 2,
    pipeline_stage_id: stage,
    pipeline_stage_name: PIPELINE[stage],
    oppconversionprobability: PROBABILITY[stage],
    oppclosurecategory: stage === 5 ? 3 : lost ? 4 : 0,
    ...(stage === 5 || lost ? {} : { dateclosed: undefined, oppconverteddate: undefined }),
  };
}

function seedPeople(halo: HaloInstance, sample: HaloRecord): void {
  const put = (table: TableName, id: unknown, record: HaloRecord): void => {
    if (id && !halo.store.get(table, id)) halo.store.put(table, { ...record, id });
  };
  const { client_id, client_name, site_id, site_name, user_name = 'Contact', user_email } = sample;
  put('client', client_id, { name: client_name, inactive: false, main_site_id: site_id, main_site_name: site_name });
  put('site', site_id, { name: site_name ?? 'Main', client_id, client_name, inactive: false });
  const [firstname, ...rest] = textOf(user_name).split(' ');
  const contact = { name: user_name, firstname, surname: rest.join(' '), emailaddress: user_email ?? '' };
  put('user', sample.user_id, { ...contact, client_id, client_name, site_id, site_name, inactive: false });
  put('agent', sample.agent_id, { name: sample.agent_name, isapiagent: false });
}
