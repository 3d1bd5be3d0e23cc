import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationState, ConfigurationVersion } from '../../src/catalogue/configuration-version.entity.js';
import type { BusinessCalendar, TenantConfiguration } from '../../src/catalogue/configuration.js';
import type { Actor } from '../../src/core/actor.js';
import type { Moment } from '../../src/core/command.js';
import { MemoryKeyRing } from '../../src/core/keys.js';
import type { Statement } from '../../src/core/statement.js';
import { Vault } from '../../src/core/vault.js';
import type { ReadableImport } from '../../src/deal/deal.effects.js';
import { normaliseHaloExport } from '../../src/deal/halopsa.rules.js';
import { AssumptionState, RiskLevel, Side, StakeholderRole, StatementKind } from '../../src/handoff/content.entity.js';
import type { HandoffContent } from '../../src/handoff/content.rules.js';
import { openHandoff, type OpeningFacts } from '../../src/handoff/handoff.effects.js';
import { DealType, Handoff, Tier } from '../../src/handoff/handoff.entity.js';

/** A valid uuid that says which one it is. */
export const id = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const TENANT = id(1);
export const SOFIA = id(11);
export const OWNER = id(12);
export const VAULT = new Vault(new MemoryKeyRing([Buffer.alloc(32, 7)]));
export const NOW = new Date('2026-11-23T14:00:00.000Z');

/** A moment with counted ids. */
export function moment(actor: Partial<Actor> = {}): Moment {
  let next = 1000;
  const whole: Actor = {
    kind: 'PERSON',
    tenantId: TENANT,
    id: SOFIA,
    roles: [],
    scopes: [],
    authTime: null,
    accountId: id(2),
    ...actor,
  };
  return { now: NOW, actor: whole, newId: () => id(next++), vault: VAULT };
}

/** London working days, with one holiday. */
export const CALENDAR: BusinessCalendar = {
  timeZone: 'Europe/London',
  hours: Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, [{ from: '09:00', to: '17:30' }]])),
  holidays: [{ date: '2026-12-25', name: 'Christmas Day' }],
};

/** As much of a configuration as classification reads. */
export function configuration(): TenantConfiguration {
  const template = { label: 'A service', budgetTypes: [], milestones: [], taskPacks: {} };
  const parts: Partial<TenantConfiguration> = {
    tenant: { id: TENANT, slug: 'msp', name: 'MSP', entraTid: id(3), timeZone: 'Europe/London', currency: 'GBP' },
    calendar: CALENDAR,
    serviceTemplates: {
      'managed-network': { ...template, dealTypes: ['NEW_BUSINESS', 'EXPANSION'] },
      'managed-workplace': { ...template, dealTypes: ['NEW_BUSINESS', 'RENEWAL'] },
    },
    tiers: [
      { tier: 'HIGH_TOUCH', description: 'Enterprise', when: { segments: ['Enterprise'] }, checklistTemplate: 'full' },
      { tier: 'HIGH_TOUCH', description: 'Large', when: { minValueMinor: 10_000_000 }, checklistTemplate: 'full' },
      { tier: 'LIGHT', description: 'Renewal', when: { dealTypes: ['RENEWAL'] }, checklistTemplate: 'light' },
      { tier: 'STANDARD', description: 'Default', checklistTemplate: 'standard' },
    ],
  };
  return parts as TenantConfiguration;
}

export const VERSION: ConfigurationVersion = Object.assign(new ConfigurationVersion(), {
  id: id(4),
  version: 3,
  state: ConfigurationState.EFFECTIVE,
  digest: 'c'.repeat(64),
});

/** A sample export, read. */
export function read(name: string): { raw: string; parsed: ReadableImport } {
  const raw = readFileSync(join('samples/halopsa', `${name}.json`), 'utf8');
  const parsed = normaliseHaloExport(raw);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  return { raw, parsed };
}

/** What is needed to open a handoff of the healthy sample deal. */
export function opening(change: Partial<OpeningFacts> = {}): OpeningFacts {
  const { parsed } = read('managed-network-healthy');
  return {
    deal: { id: id(20), externalId: parsed.deal.externalId },
    clientId: id(21),
    snapshot: { id: id(22), revision: 1, termsDigest: parsed.termsDigest },
    terms: parsed.terms,
    parsed,
    configuration: configuration(),
    configurationVersion: VERSION,
    ownerId: OWNER,
    importer: null,
    contributors: [],
    earlier: 0,
    serviceTemplate: 'managed-network',
    dealType: DealType.NEW_BUSINESS,
    segment: null,
    ...change,
  };
}

/** A handoff as it was opened, with changes. */
export function handoff(change: Partial<Handoff> = {}): Handoff {
  return Object.assign(new Handoff(), { tenantId: TENANT }, openHandoff(opening(), moment()).handoff, change);
}

const row = {
  tenantId: TENANT,
  handoffId: id(30),
  dealSnapshotId: null,
  carriedFromId: null,
  toConfirm: false,
  topic: null,
  createdAt: NOW,
};
const nobody = { ...row, title: null, phone: null, notes: null };

/** Content that leaves nothing to say, in any tier. */
export function content(change: Partial<HandoffContent> = {}): HandoffContent {
  const texts = Object.values(StatementKind).map((kind, index) => ({
    ...row,
    id: id(100 + index),
    kind,
    text: `What is said of ${kind}`,
    source: 'Proposal 7, page 2',
    dueOn: null,
  }));
  return {
    handoff: handoff({
      tier: Tier.HIGH_TOUCH,
      context: 'Grows by a third.',
      communicationPreferences: 'Mail, in the morning.',
      billingTerms: '30 days net.',
      paymentSchedule: 'Half at the start, half at acceptance.',
      deliveryManagerId: id(13),
      startOn: '2026-12-01',
    }),
    stakeholders: [
      {
        ...nobody,
        id: id(41),
        side: Side.CLIENT,
        role: StakeholderRole.PRIMARY_CONTACT,
        name: 'Priya',
        email: 'p@acme.example',
      },
      { ...nobody, id: id(42), side: Side.CLIENT, role: StakeholderRole.EXECUTIVE_SPONSOR, name: 'Lena', email: null },
      { ...nobody, id: id(43), side: Side.PROVIDER, role: StakeholderRole.ACCOUNT_OWNER, name: 'Sofia', email: null },
    ],
    assumptions: [
      {
        ...row,
        id: id(51),
        text: 'Power is there.',
        state: AssumptionState.ASSUMED,
        source: 'Survey',
        impact: null,
        resolution: null,
      },
    ],
    risks: [{ ...row, id: id(61), text: 'Old cabling.', level: RiskLevel.HIGH, mitigation: null, source: 'Survey' }],
    statements: texts,
    importFindings: [],
    calendar: CALENDAR,
    today: '2026-11-23',
    ...change,
  };
}

/** The codes and paths of findings. */
export const marks = (findings: readonly { code: string; path: string }[]): string[] =>
  findings.map(({ code, path }) => `${code} ${path}`);

/** The statements that begin so. */
export const saying = (statements: readonly Statement[], start: string): Statement[] =>
  statements.filter(({ text }) => text.startsWith(start));

/** The rows of an insert, by column. */
export function rowsOf(statements: readonly Statement[], table: string): Record<string, unknown>[] {
  return saying(statements, `insert into ${table} (`).flatMap(({ text, values }) => {
    const columns = text
      .slice(text.indexOf('(') + 1, text.indexOf(')'))
      .split(', ')
      .slice(1);
    return Array.from({ length: values.length / columns.length }, (_, index) =>
      Object.fromEntries(columns.map((column, place) => [column, values[index * columns.length + place]])),
    );
  });
}
