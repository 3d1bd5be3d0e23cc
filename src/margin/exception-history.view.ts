import { Field, Int, ObjectType } from 'type-graphql';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DecimalScalar } from '../core/graphql/scalars.js';
import { MoneyType } from '../core/graphql/types.js';
import type { Reader } from '../core/reader.js';
import { type Query, sql } from '../core/statement.js';
import { votingFactsFor } from '../approval/approval.view.js';
import type { ApprovalRequest, ApprovalState } from '../approval/request.entity.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { figuresOf, HISTORY_DAYS, type PastException } from './exception-history.rules.js';
import { MARGIN_EXCEPTION } from './margin.gate.js';
import { moneyOf } from './margin.view.js';

const DAY = 86_400_000;
/** More than any MSP asks for in a year; of more the newest are told of. */
const MOST_TOLD = 10_000;

@ObjectType('ExceptionRecord', {
  description: `What became of other margin exceptions that were asked for within ${HISTORY_DAYS} days.`,
})
export class ExceptionRecordType {
  @Field(() => Int, { description: 'How many were asked for; open and withdrawn ones too.' })
  asked: number;

  @Field(() => Int, { description: 'How many were approved, whether or not they were used.' })
  approved: number;

  @Field(() => Int, { description: 'How many were rejected.' })
  rejected: number;

  @Field(() => Int, { description: 'How many nobody decided in time.' })
  expired: number;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, {
    nullable: true,
    description:
      "Margin that was missing in all of them, in the tenant's currency at the rates of the time; those without a rate are left out. Null when the configuration is not for you.",
  })
  shortfall: MoneyType | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The median time to an approval or rejection, in hours by the clock; null when there was none.',
  })
  medianDecisionHours: string | null;

  /** The latest requests, newest first. */
  latestIds: readonly string[];
}

@ObjectType({ description: 'Other margin exceptions of the same requester, service template and client.' })
export class ExceptionHistory {
  @Field(() => ExceptionRecordType, { description: 'Asked for by the same person.' })
  requester: ExceptionRecordType;

  @Field(() => ExceptionRecordType, { description: 'For the same service template.' })
  serviceTemplate: ExceptionRecordType;

  @Field(() => ExceptionRecordType, { description: 'For the same client.' })
  client: ExceptionRecordType;
}

/** Every margin exception of the tenant that was asked for since an instant, the oldest first. */
function exceptionsSince(since: Date): Query<PastException[]> {
  const text = `select r.id, r.requester_id, r.state, r.opened_at, r.expires_at, r.decided_at, h.service_template, h.client_id,
      r.policy::json -> 'weighing' ->> 'shortfallMinor' as shortfall_minor,
      (select max(g.granted_at) from approval_grant g
        where g.tenant_id = $1 and g.request_id = r.id and g.round = r.round) as granted_at
    from approval_request r join handoff h on h.tenant_id = $1 and h.id = r.subject_id
    where r.tenant_id = $1 and r.kind = $2 and r.subject_type = 'Handoff' and r.opened_at > $3
    order by r.opened_at desc, r.id desc limit ${MOST_TOLD}`;
  return sql(text, [MARGIN_EXCEPTION, since.toISOString()], (rows) =>
    rows.toReversed().map((row) => ({
      requestId: row.id as string,
      requesterId: row.requester_id as string,
      serviceTemplate: row.service_template as string,
      clientId: row.client_id as string,
      state: row.state as ApprovalState,
      openedAt: row.opened_at as Date,
      expiresAt: row.expires_at as Date,
      decidedAt: row.decided_at as Date | null,
      grantedAt: row.granted_at as Date | null,
      shortfallMinor: row.shortfall_minor === null ? null : BigInt(row.shortfall_minor as string),
    })),
  );
}

/**
 * The history that an approver weighs an exception by; null for another kind of request. One statement a request of the
 * API, whatever the size of the page.
 */
export async function exceptionHistoryOf(reader: Reader, request: ApprovalRequest): Promise<ExceptionHistory | null> {
  if (request.kind !== MARGIN_EXCEPTION) return null;
  const now = await reader.now();
  const since = new Date(now.getTime() - HISTORY_DAYS * DAY);
  const [everything, handoff, { standing }, version] = await Promise.all([
    reader.once('exceptionHistory', () => exceptionsSince(since)),
    reader.one(Handoff, request.subjectId),
    votingFactsFor(reader, request),
    reader.one(ConfigurationVersion, request.configurationVersionId),
  ]);
  if (!handoff) return null;
  const currency = version && configurationOf(version).tenant.currency;
  const others = everything.filter(({ requestId }) => requestId !== request.id);
  const requester = standing.canonicalOf(request.requesterId);
  const record = (which: (past: PastException) => boolean): ExceptionRecordType => {
    const { shortfallMinor, ...figures } = figuresOf(others.filter(which), now);
    const shortfall = currency === null ? null : moneyOf(shortfallMinor, currency);
    return Object.assign(new ExceptionRecordType(), figures, { shortfall });
  };
  return Object.assign(new ExceptionHistory(), {
    requester: record(({ requesterId }) => standing.canonicalOf(requesterId) === requester),
    serviceTemplate: record(({ serviceTemplate }) => serviceTemplate === handoff.serviceTemplate),
    client: record(({ clientId }) => clientId === handoff.clientId),
  });
}
