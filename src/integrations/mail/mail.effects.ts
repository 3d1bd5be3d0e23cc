import type { EffectHandlers } from '../../core/outbox/handler.js';
import type { ConnectionProbe } from '../connection/connection.handler.js';
import type { Connections } from '../connection/connection.secret.js';
import type { VendorHttp } from '../http/client.js';
import { EntraTokens } from '../microsoft/entra.tokens.js';
import { GraphMail } from './graph.mail.js';
import { mailHandler } from './mail.handler.js';
import { SEND_MAIL } from './mail.plan.js';
import { mailProbe } from './mail.probe.js';
import { Smtp, type SmtpOptions } from './smtp.js';

/** What mails need beside the tenants' connections. */
export interface MailOptions {
  /** The one way out over HTTP. */
  readonly http: VendorHttp;
  readonly connections: Connections;
  readonly smtp: SmtpOptions;
  /** What links begin with (core/config.ts). */
  readonly publicUrl: string;
}

/** What the worker does with mails, and how it tests a connection to a mail service. */
export function mailEffects({ http, connections, smtp: options, publicUrl }: MailOptions): {
  readonly handlers: EffectHandlers;
  readonly probe: ConnectionProbe;
} {
  const graph = new GraphMail(http, new EntraTokens(http));
  const smtp = new Smtp(options);
  return {
    handlers: { [SEND_MAIL]: mailHandler(connections, { GRAPH: graph, SMTP: smtp }, publicUrl) },
    probe: mailProbe(graph, smtp),
  };
}
