import { Refusal } from './exchange.js';
import { requirePermission } from './caller.js';
import type { GraphCall, Route } from './graph-call.js';
import { exactly, text } from './request-schema.js';

const RECIPIENTS = {
  type: 'array',
  maxItems: 500,
  items: exactly(
    {
      emailAddress: exactly({ address: { type: 'string', pattern: '^[^\\s@]+@[^\\s@]+$' }, name: text(256) }, [
        'address',
      ]),
    },
    ['emailAddress'],
  ),
};
const MAIL_BODY = exactly(
  {
    message: exactly(
      {
        subject: text(255),
        body: exactly({ contentType: { enum: ['text', 'html', 'Text', 'HTML'] }, content: text(1_000_000) }, [
          'content',
        ]),
        importance: { enum: ['low', 'normal', 'high'] },
        toRecipients: { ...RECIPIENTS, minItems: 1 },
        ccRecipients: RECIPIENTS,
        bccRecipients: RECIPIENTS,
        replyTo: RECIPIENTS,
        internetMessageHeaders: {
          type: 'array',
          // "Maximum number of headers in one message should be less than or equal to 5."
          maxItems: 5,
          items: exactly({ name: { type: 'string', pattern: '^[xX]-' }, value: text(995) }, ['name', 'value']),
        },
      },
      ['subject', 'body', 'toRecipients'],
    ),
    saveToSentItems: { type: ['boolean', 'string'] },
  },
  ['message'],
);

/** Sending from a mailbox of the directory (learn.microsoft.com/graph/api/user-sendmail). */
export const MAIL_ROUTES: readonly Route[] = [
  { operation: 'mail.send', method: 'POST', path: '/users/:user/sendMail', units: 0, schema: MAIL_BODY, run: sendMail },
];

/** 202 without a body or an id. `Mail.Send` alone opens every mailbox; RBAC for Applications narrows it (403). */
function sendMail(call: GraphCall) {
  const { world, caller } = call;
  requirePermission(caller, ['Mail.Send'], 'ErrorAccessDenied');
  const wanted = (call.params.user ?? '').toLowerCase();
  const user = world.store
    .all('user')
    .find((one) => one.tid === caller.tid && [one.oid, one.upn.toLowerCase()].includes(wanted));
  if (!user) throw new Refusal(404, 'ErrorInvalidUser', `The requested user '${wanted}' is invalid.`);
  const allowed = world.store.get('principal', `${caller.tid}/${caller.appId}`)?.mailboxes ?? null;
  if (allowed && !allowed.includes(user.upn)) {
    throw new Refusal(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');
  }
  const { message } = call.body as {
    message: {
      subject: string;
      body: { contentType?: string; content: string };
      toRecipients: { emailAddress: { address: string } }[];
      internetMessageHeaders?: { name: string; value: string }[];
    };
  };
  const id = world.newGuid();
  world.store.put('mail', {
    id,
    tid: caller.tid,
    from: user.upn,
    at: world.now().toISOString(),
    to: message.toRecipients.map(({ emailAddress }) => emailAddress.address),
    subject: message.subject,
    body: message.body.content,
    contentType: message.body.contentType ?? 'text',
    headers: Object.fromEntries((message.internetMessageHeaders ?? []).map(({ name, value }) => [name, value])),
  });
  world.did('mail.sent', id);
  return { status: 202 };
}
