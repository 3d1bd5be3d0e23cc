import type { ClockSetting } from '../catalogue/configuration.js';
import type { LedgerRead } from '../core/ledger/export.js';
import { sql } from '../core/statement.js';

import { CLOCK_KEYS, DEAL_TYPES } from '../catalogue/configuration.words.js';
import { DEFAULT_EVERY } from '../escalation/ladder.rules.js';
import { type Edition, nameOf } from './edition.js';

/** A connection to a vendor as it stands. */
export interface ConnectionLine {
  readonly vendor: string;
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
  readonly checkedAt: Date | null;
  /** Names of what was checked and was not as it should be. */
  readonly faults: readonly string[];
}

/** What became of the effects of a kind. */
export interface EffectLine {
  readonly kind: string;
  readonly done: number;
  readonly waiting: number;
  /** UNKNOWN, DEAD and PARKED: somebody has to look. */
  readonly attention: number;
}

/** A clock with its setting and those of single deal types. */
export interface ClockLine {
  readonly key: string;
  readonly setting: string;
  readonly byDealType: readonly string[];
}

/** What the runbook tells of the tenant as it runs today. */
export interface OperationsFacts {
  /** Active members by role, each as the reader may call them. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly connections: readonly ConnectionLine[];
  readonly effects: readonly EffectLine[];
  readonly clocks: readonly ClockLine[];
  readonly ladders: readonly { readonly topic: string; readonly people: readonly string[] }[];
  readonly every: string;
}

/** Reads it. */
export async function operationsFacts(read: LedgerRead, edition: Edition): Promise<OperationsFacts> {
  const { roles, connections, effects } = await read({
    roles: sql(
      `select g.role, p.id from role_grant g join person p on p.tenant_id = $1 and p.id = g.person_id
        where g.tenant_id = $1 and g.revoked_at is null and p.state = 'ACTIVE'
          and (g.ends_at is null or g.ends_at > $2::timestamptz) order by p.handle, g.id`,
      [edition.generatedAt],
      (rows) => rows.map((row) => ({ role: row.role as string, id: row.id as string })),
    ),
    connections: sql(
      'select vendor, name, state, reason, checked_at, checks from integration where tenant_id = $1 order by vendor, name, id',
      [],
      (rows) =>
        rows.map((row) => ({
          vendor: row.vendor as string,
          name: row.name as string,
          state: row.state as string,
          reason: row.reason as string | null,
          checkedAt: row.checked_at as Date | null,
          faults: (JSON.parse(row.checks as string) as { name: string; state: string }[])
            .filter(({ state }) => state !== 'OK')
            .map(({ name, state }) => `${name} ${state}`),
        })),
    ),
    effects: sql(
      `select kind, count(*) filter (where state = 'DONE')::int as done,
          count(*) filter (where state = 'PENDING')::int as waiting,
          count(*) filter (where state in ('UNKNOWN', 'DEAD', 'PARKED'))::int as attention
        from outbox_effect where tenant_id = $1 group by kind`,
      [],
      (rows) =>
        rows.map((row) => ({
          kind: row.kind as string,
          done: row.done as number,
          waiting: row.waiting as number,
          attention: row.attention as number,
        })),
    ),
  });
  const members = new Map<string, string[]>();
  for (const { role, id } of roles) {
    const called = nameOf(edition, id);
    const holders = members.get(role) ?? [];
    if (!holders.includes(called)) members.set(role, [...holders, called]);
  }
  return { members, connections, effects, ...configured(edition) };
}

function configured(edition: Edition): Pick<OperationsFacts, 'clocks' | 'ladders' | 'every'> {
  const { slaProfile, escalationContacts, people } = edition.configuration;
  const idOf = new Map(people.map(({ key, id }) => [key, id]));
  const clocks = CLOCK_KEYS.flatMap((key): ClockLine[] => {
    const setting = slaProfile.clocks[key];
    if (!setting) return [];
    const byDealType = DEAL_TYPES.flatMap((dealType) => {
      const own = slaProfile.byDealType?.[dealType]?.[key];
      return own ? [`${dealType} ${settingText(own)}`] : [];
    });
    return [{ key, setting: settingText(setting), byDealType }];
  });
  const ladders = escalationContacts.map(({ topic, ladder }) => ({
    topic,
    people: ladder.map((key) => nameOf(edition, idOf.get(key) ?? key)),
  }));
  return { clocks, ladders, every: settingText(slaProfile.escalateEvery ?? DEFAULT_EVERY) };
}

const UNITS = { ELAPSED_HOURS: 'elapsed hours', BUSINESS_HOURS: 'business hours', BUSINESS_DAYS: 'business days' };
const settingText = ({ amount, unit }: ClockSetting): string => `${amount} ${UNITS[unit]}`;
