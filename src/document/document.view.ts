import { configurationOf } from '../catalogue/catalogue.queries.js';
import type { DocumentKind } from '../catalogue/configuration.documents.js';
import { CURRENT_DAYS, documentTemplate, type NamedTemplate } from '../catalogue/documents.rules.js';
import { localDay } from '../core/local-day.js';
import { SignOffState } from '../feasibility/feasibility.entity.js';
import { BEGUN } from '../handoff/stage.rules.js';
import type { IssuedDocument } from './document.entity.js';
import type { DocumentFacts } from './document.facts.js';
import type { DocumentGround } from './document.queries.js';
import { type ComposedDocument, composeDocument, outdatedBy } from './document.rules.js';

/** One document as it would be issued now, beside its latest issue. */
export interface DocumentNow {
  readonly template: NamedTemplate;
  readonly composed: ComposedDocument;
  /** The number of the next issue. */
  readonly number: number;
  readonly latest: IssuedDocument | null;
  /** Why the latest issue is not current; empty when it is, or when there is none. */
  readonly outdated: readonly string[];
}

/** A document of a handoff by the template of the handoff's own configuration. */
export function documentNow(ground: DocumentGround, facts: DocumentFacts, kind: DocumentKind, now: Date): DocumentNow {
  const configuration = configurationOf(ground.version);
  const template = documentTemplate(configuration, kind);
  const latest = ground.documents.findLast((one) => one.kind === kind) ?? null;
  const number = (latest?.number ?? 0) + 1;
  const composed = composeDocument(facts, template, { number, at: now });
  const { timeZone } = configuration.tenant;
  const day = (at: Date): string => localDay(timeZone, at);
  // Current at the handoff: what was issued for a sign-off that holds, or that the work began under, does not age after it.
  const { handoff, signOff } = ground;
  const isHandedOver = signOff?.state === SignOffState.LIVE || BEGUN.includes(handoff.stage);
  const handedOverAt = signOff && isHandedOver ? signOff.signedAt : now;
  const age = latest && { ...latest, issuedOn: day(latest.issuedAt), handedOverOn: day(handedOverAt) };
  const mostDays = configuration.documents?.currentDays ?? CURRENT_DAYS;
  return { template, composed, number, latest, outdated: age ? outdatedBy(age, composed, template, mostDays) : [] };
}
