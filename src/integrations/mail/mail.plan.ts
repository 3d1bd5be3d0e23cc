import type { Gateway } from '../../core/gateway.js';
import { newId } from '../../core/id.js';
import { EffectClass } from '../../core/outbox/effect.entity.js';
import { enqueue, type OutboxMessage } from '../../core/outbox/message.js';
import { type Query, sql, type Statement, update } from '../../core/statement.js';
import { hydrate, tableOf } from '../../core/table.js';
import { Notice, NoticeState } from '../../notice/notice.entity.js';
import { Vendor } from '../connection/connection.entity.js';
import type { ConnectionReference } from '../microsoft/telling.js';

/** The kind of the effect that sends the mail about one notice, or about several of one person. */
export const SEND_MAIL = 'mail.send';

const MOST = 200;

/** The tenant's connection to a mail service; null when it has none. */
export const connectedMail = (): Query<ConnectionReference | null> =>
  sql(
    `select id, secret_version from integration
     where tenant_id = $1 and vendor = 'MAIL' and state <> 'DISCONNECTED' order by id limit 1`,
    [],
    ([row]) => (row ? { id: row.id as string, secretVersion: row.secret_version as number } : null),
  );

/** The notices that one mail carries, oldest first. */
export function noticesOfMail(mailKey: string): Query<Notice[]> {
  return sql(
    `select ${tableOf(Notice).selection} from notice where tenant_id = $1 and mail_key = $2 and state = 'ASKED' order by id`,
    [mailKey],
    (rows) => rows.map((row) => hydrate(Notice, row)),
  );
}

/** The notices that are due, held until the transaction ends: of two workers each asks for its own mails. */
function dueNotices(now: Date): Query<Notice[]> {
  return sql(
    `select ${tableOf(Notice).selection} from notice
     where tenant_id = $1 and state = 'WAITING' and due_at <= $2 order by due_at, id limit ${MOST} for update skip locked`,
    [now],
    (rows) => rows.map((row) => hydrate(Notice, row)),
  );
}

/**
 * Asks the outbox for the mails of a tenant's notices that are due: one a notice, and one for all of a person's that go
 * together. Without a connection they stand in the list alone, so that whoever connects one later is not flooded with
 * what is old. Answers how many mails were asked for.
 */
export async function askForMails(gateway: Gateway, tenantId: string, now: Date): Promise<number> {
  return gateway.transaction(tenantId, async (tx) => {
    const { due, mail } = await tx.flush({ due: dueNotices(now), mail: connectedMail() });
    if (due.length === 0) return 0;
    const ids = due.map(({ id }) => id);
    if (!mail) {
      await tx.commit([update(Notice, { id: ids }, { state: NoticeState.LISTED, settledAt: now })]);
      return 0;
    }
    const mails = mailsOf(due);
    await tx.commit([
      ...enqueue(
        mails.map(({ message }) => message),
        now,
        newId,
      ),
      ...mails.map(({ asked }) => asked),
    ]);
    return mails.length;
  });
}

/** A mail that is wanted, and that its notices wait for it. */
interface AskedMail {
  readonly message: OutboxMessage;
  readonly asked: Statement;
}

function mailsOf(due: readonly Notice[]): AskedMail[] {
  const together = new Map<string, Notice[]>();
  for (const notice of due.filter(({ inDigest }) => inDigest))
    together.set(notice.personId, [...(together.get(notice.personId) ?? []), notice]);
  return [...due.filter(({ inDigest }) => !inDigest).map((notice) => [notice]), ...together.values()].map(mailOf);
}

/** Named after its last notice: each stands in exactly one mail, since the rows are held while it is asked for. */
function mailOf(notices: readonly Notice[]): AskedMail {
  const last = notices.at(-1)!;
  const mailKey = `${SEND_MAIL}/${last.id}`;
  const ids = notices.map(({ id }) => id);
  return {
    message: {
      kind: SEND_MAIL,
      aggregate: { type: 'Notice', id: last.id },
      effectKey: mailKey,
      payload: {},
      vendor: Vendor.MAIL,
      effectClass: EffectClass.CONFIRM,
    },
    asked: update(Notice, { id: ids }, { state: NoticeState.ASKED, mailKey }),
  };
}
