import type { Logger } from 'pino';
import { ALERT_EFFECT, alertHandler } from './core/alert.js';
import type { Config } from './core/config.js';
import { checkpointHandler, LocalCheckpointFile } from './core/ledger/checkpoint-store.js';
import type { Vault } from './core/vault.js';
import type { EffectHandler } from './core/outbox/handler.js';
import { CONTROL_OVERDUE_EFFECT, CONTROL_RUN_EFFECT } from './audit/control.commands.js';
import { controlOverdueHandler, controlRunHandler } from './audit/control.handler.js';
import { briefEraseHandler, briefStoreHandler } from './brief/brief.handler.js';
import { LocalFolderStore } from './brief/brief.store.js';
import { CONFLICTS_EFFECT, conflictsHandler } from './conflict/conflict.handler.js';
import { ERASE_DOCUMENTS, STORE_DOCUMENT } from './document/document.effects.js';
import { documentEraseHandler, documentStoreHandler } from './document/document.handler.js';
import { ESCALATE_EFFECT, escalateHandler } from './escalation/escalation.handler.js';
import { FOLLOW_UP_EFFECT, followUpHandler } from './feedback/follow-up.handler.js';
import { POLICY_TIGHTEN, tightenHandler } from './governance/tighten.handler.js';
import { type ConnectionProbes, connectionTestHandler } from './integrations/connection/connection.handler.js';
import { Vendor } from './integrations/connection/connection.entity.js';
import { Connections } from './integrations/connection/connection.secret.js';
import { eventHandlers } from './integrations/events/event.handlers.js';
import { HaloPsa } from './integrations/halopsa/halopsa.client.js';
import { haloHandlers } from './integrations/halopsa/halopsa.handlers.js';
import { haloProbe } from './integrations/halopsa/halopsa.probe.js';
import type { VendorHttp } from './integrations/http/client.js';
import { mailEffects } from './integrations/mail/mail.effects.js';
import { SMTP_HOSTS } from './integrations/mail/smtp.rules.js';
import { watchHandler } from './integrations/microsoft/evidence/evidence.handler.js';
import { WATCH_EVIDENCE } from './integrations/microsoft/evidence/evidence.message.js';
import { sharePointProbe } from './integrations/microsoft/sharepoint/sharepoint.probe.js';
import { KEEP_IN_SHAREPOINT, keepHandler } from './integrations/microsoft/sharepoint/checkpoint.handler.js';
import { sweepHandler } from './integrations/microsoft/sharepoint/sweep.handler.js';
import { SWEEP_SHAREPOINT } from './integrations/microsoft/sharepoint/sweep.message.js';
import {
  alsoInSharePoint,
  ERASE_DOCUMENTS_IN_SHAREPOINT,
  ERASE_IN_SHAREPOINT,
  erasedInSharePoint,
  handedToSharePoint,
  isInSharePoint,
  SharePoint,
  STORE_DOCUMENT_IN_SHAREPOINT,
  STORE_IN_SHAREPOINT,
} from './integrations/microsoft/sharepoint/sharepoint.js';
import { PowerBi } from './integrations/powerbi/powerbi.client.js';
import { powerBiHandlers } from './integrations/powerbi/powerbi.handlers.js';
import { powerBiProbe } from './integrations/powerbi/powerbi.probe.js';
import { REVIEW_EFFECT, REVIEW_OVERDUE_EFFECT } from './integrations/review/review.commands.js';
import { reviewHandler, reviewOverdueHandler } from './integrations/review/review.handler.js';
import { cardHandler } from './integrations/microsoft/teams/teams.handler.js';
import { TEAMS_CARD } from './integrations/microsoft/teams/teams.plan.js';
import {
  REVIEW_EFFECT as QUALITY_REVIEW_EFFECT,
  reviewHandler as qualityReviewHandler,
  scoreHandler,
  TELL_EFFECT,
  tellHandler,
} from './quality/quality.handlers.js';
import { SCORE_EFFECT } from './quality/score.queries.js';
import { FOLLOW_EFFECT, followHandler, SIGNED_EFFECT, signedHandler } from './passage/trigger.handler.js';

/**
 * What the worker can do, by the kind of the outbox's effect; `http` is the one way out to vendors, `anywhere` the one to
 * public addresses that tenants choose.
 */
export function effectHandlers(
  config: Config,
  vault: Vault,
  log: Logger,
  http: VendorHttp,
  anywhere: VendorHttp,
): Readonly<Record<string, EffectHandler>> {
  const store = new LocalFolderStore(config.documentsFolder);
  const connections = new Connections(vault);
  const halopsa = new HaloPsa(http, connections, undefined, config.publicUrl);
  const sharepoint = new SharePoint(http, connections);
  const smtp = { loopback: () => config.simulatorOrigins, hosts: [...SMTP_HOSTS, ...config.vendorHosts] };
  const mail = mailEffects({ http, connections, smtp, publicUrl: config.publicUrl });
  const powerBi = new PowerBi(http);
  const probes: ConnectionProbes = {
    [Vendor.HALOPSA]: haloProbe(halopsa),
    [Vendor.SHAREPOINT]: sharePointProbe(sharepoint),
    [Vendor.MAIL]: mail.probe,
    [Vendor.POWERBI]: powerBiProbe(powerBi),
  };
  return {
    'brief.store': handedToSharePoint(STORE_IN_SHAREPOINT, briefStoreHandler(store, vault)),
    'brief.erase': erasedInSharePoint(briefEraseHandler(store, vault, (location) => !isInSharePoint(location))),
    [STORE_IN_SHAREPOINT]: sharepoint.storing(briefStoreHandler(sharepoint.storeOf, vault)),
    [STORE_DOCUMENT]: handedToSharePoint(STORE_DOCUMENT_IN_SHAREPOINT, documentStoreHandler(store, vault)),
    [ERASE_DOCUMENTS]: erasedInSharePoint(
      documentEraseHandler(store, vault, (location) => !isInSharePoint(location)),
      ERASE_DOCUMENTS_IN_SHAREPOINT,
    ),
    [STORE_DOCUMENT_IN_SHAREPOINT]: sharepoint.storing(documentStoreHandler(sharepoint.documentStoreOf, vault)),
    [ERASE_DOCUMENTS_IN_SHAREPOINT]: sharepoint.telling(
      documentEraseHandler(sharepoint.documentStoreOf, vault, isInSharePoint),
    ),
    [SWEEP_SHAREPOINT]: sweepHandler(sharepoint),
    [KEEP_IN_SHAREPOINT]: keepHandler(sharepoint),
    [ERASE_IN_SHAREPOINT]: sharepoint.telling(briefEraseHandler(sharepoint.storeOf, vault, isInSharePoint)),
    [ALERT_EFFECT]: alertHandler(log),
    [CONTROL_RUN_EFFECT]: controlRunHandler,
    [CONTROL_OVERDUE_EFFECT]: controlOverdueHandler,
    [ESCALATE_EFFECT]: escalateHandler,
    [FOLLOW_UP_EFFECT]: followUpHandler,
    [CONFLICTS_EFFECT]: conflictsHandler,
    [SCORE_EFFECT]: scoreHandler,
    [QUALITY_REVIEW_EFFECT]: qualityReviewHandler,
    [TELL_EFFECT]: tellHandler,
    [SIGNED_EFFECT]: signedHandler,
    [FOLLOW_EFFECT]: followHandler,
    'integration.test': connectionTestHandler(connections, probes),
    [REVIEW_EFFECT]: reviewHandler(connections, probes),
    [REVIEW_OVERDUE_EFFECT]: reviewOverdueHandler,
    [WATCH_EVIDENCE]: watchHandler(sharepoint, connections),
    ...haloHandlers(halopsa),
    ...eventHandlers(anywhere, vault),
    ...mail.handlers,
    [TEAMS_CARD]: cardHandler({ http, connections, publicUrl: config.publicUrl }),
    ...powerBiHandlers(powerBi, connections),
    [POLICY_TIGHTEN]: tightenHandler,
    'ledger.checkpoint': alsoInSharePoint(
      KEEP_IN_SHAREPOINT,
      checkpointHandler(new LocalCheckpointFile(config.documentsFolder)),
    ),
  };
}
