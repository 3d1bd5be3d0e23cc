import { configurationOf } from '../catalogue/catalogue.queries.js';
import { configurationSource, type ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { alignChecklist, alignedItems, createChecklist } from '../checklist/checklist.effects.js';
import { ChecklistItem } from '../checklist/checklist.entity.js';
import { recordCompleteness } from '../checklist/completeness.effects.js';
import type { WeighedItem } from '../checklist/completeness.rules.js';
import { Evidence } from '../checklist/evidence.entity.js';
import type { Moment } from '../core/command.js';
import { type Finding, finding } from '../core/finding.js';
import type { LedgerSubject } from '../core/ledger/entry.js';
import type { OutboxMessage } from '../core/outbox/message.js';
import type { SourceReference } from '../core/source.js';
import { type Answers, type Queries, sql, type Statement } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { winAfter } from '../deal/close.rules.js';
import { type ReadableImport, recordSnapshot, type RecordedSnapshot } from '../deal/deal.effects.js';
import { snapshotSource } from '../deal/deal.entity.js';
import { openImported } from '../deal/deal.payload.js';
import {
  clientByExternal,
  currentSnapshotByExternal,
  HALOPSA,
  importerByExternal,
  lockDealByExternal,
  winByExternal,
} from '../deal/deal.queries.js';
import { identifyHaloExport, normaliseHaloExport } from '../deal/halopsa.rules.js';
import { FeasibilitySignOff, SignOffState } from '../feasibility/feasibility.entity.js';
import { classificationFindings } from '../handoff/classification.rules.js';
import { adoptTerms, openHandoff } from '../handoff/handoff.effects.js';
import { DealType, type Handoff } from '../handoff/handoff.entity.js';
import {
  adoptedDealByExternal,
  adoptedTermsDigestByExternal,
  configurationByExternal,
  contributorsByExternal,
  lockHandoffsByExternal,
  lockRequestsByExternal,
  OF_DEAL,
} from '../handoff/handoff.queries.js';
import { changeHandoff, handoffSubject } from '../handoff/handoff.rules.js';
import { EDITABLE, Stage } from '../handoff/stage.rules.js';
import { statusMessage } from '../handoff/status.message.js';
import { eligiblePeople, peopleByHandle, type RoleHolder } from '../identity/identity.queries.js';
import { Role } from '../identity/roles.js';
import { figuresOnTerms } from '../margin/exception.effects.js';
import { needOnTerms } from '../margin/margin.gate.js';
import { holdClientByExternal, priorsByExternal } from '../margin/margin.queries.js';
import { changeProjectState } from '../project/project.effects.js';
import { Project, ProjectState } from '../project/project.entity.js';
import type { ImportDealInput } from './passage.input.js';
import { endSignOff } from './sign-off.effects.js';

/** What an import must know, by the opportunity's id; a payload that cannot be read asks for nothing. */
export function importFacts(input: ImportDealInput) {
  const identity = identifyHaloExport(input.payload);
  const externalId = identity?.externalId ?? '';
  return {
    deal: lockDealByExternal(HALOPSA, externalId),
    handoffs: lockHandoffsByExternal(HALOPSA, externalId),
    requests: lockRequestsByExternal(HALOPSA, externalId),
    held: holdClientByExternal(HALOPSA, externalId),
    contributors: contributorsByExternal(HALOPSA, externalId),
    current: currentSnapshotByExternal(HALOPSA, externalId),
    win: winByExternal(HALOPSA, externalId),
    importer: importerByExternal(HALOPSA, externalId),
    former: adoptedDealByExternal(HALOPSA, externalId),
    adoptedTermsDigest: adoptedTermsDigestByExternal(HALOPSA, externalId),
    opened: configurationByExternal(HALOPSA, externalId),
    client: clientByExternal(identity?.clientExternalId ?? null, identity?.clientName ?? ''),
    items: ofLiveHandoff(ChecklistItem, 'position, id', externalId),
    evidence: ofLiveHandoff(Evidence, 'sequence, id', externalId),
    signOffs: ofLiveHandoff(FeasibilitySignOff, 'id desc', externalId),
    projects: ofLiveHandoff(Project, 'id', externalId),
    people: eligiblePeople(),
    priors: priorsByExternal(HALOPSA, externalId),
    handleIds: peopleByHandle(),
  } satisfies Queries;
}

type ImportFacts = Answers<ReturnType<typeof importFacts>> & { readonly ruling: ConfigurationVersion };

/** What an import comes to. */
export interface Arrival {
  readonly findings: readonly Finding[];
  readonly subject: LedgerSubject | null;
  readonly handoffId: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly sources: readonly SourceReference[];
  readonly writes: readonly Statement[];
  readonly messages: readonly OutboxMessage[];
}

/** Reads the payload with the tenant's mappings, records the snapshot, and opens, adopts or lapses. Pure. */
export function arrival(facts: ImportFacts, input: ImportDealInput, moment: Moment): Arrival {
  const live = facts.handoffs.find(({ stage }) => stage !== Stage.WITHDRAWN) ?? null;
  const version = facts.opened ?? facts.ruling;
  const configuration = configurationOf(version);
  const parsed = normaliseHaloExport(input.payload, {
    defaultCurrency: configuration.tenant.currency,
    ...configuration.dealImport?.halopsa,
  });
  if (!parsed.ok) return nothing(parsed.findings, live);
  const { timeZone } = configuration.tenant;
  const recorded = recordSnapshot(
    { existing: facts.deal, current: facts.current, client: facts.client, parsed, raw: input.payload, timeZone },
    moment,
  );
  const ground: Ground = { facts, input, parsed, recorded, version, moment };
  return live ? arriveAgain(ground, live) : open(ground);
}

interface Ground {
  readonly facts: ImportFacts;
  readonly input: ImportDealInput;
  readonly parsed: ReadableImport;
  readonly recorded: RecordedSnapshot;
  readonly version: ConfigurationVersion;
  readonly moment: Moment;
}

function nothing(findings: readonly Finding[], live: Handoff | null): Arrival {
  return {
    findings,
    subject: live ? handoffSubject(live.id) : null,
    handoffId: '',
    body: {},
    sources: [],
    writes: [],
    messages: [],
  };
}

function open({ facts, input, parsed, recorded, version, moment }: Ground): Arrival {
  const configuration = configurationOf(version);
  const serviceTemplate = input.serviceTemplate ?? Object.keys(configuration.serviceTemplates)[0]!;
  const dealType = input.dealType ?? DealType.NEW_BUSINESS;
  const ownerId = ownerOf(facts.people, moment);
  const findings = [
    ...classificationFindings(configuration, { serviceTemplate, dealType }),
    ...(ownerId ? [] : [noOwner()]),
  ];
  if (findings.length > 0 || !ownerId) return nothing(findings, null);
  const { handoff, statements } = openHandoff(
    {
      deal: recorded.deal,
      clientId: recorded.clientId,
      parsed,
      ownerId,
      importer: importerOf(facts, recorded),
      contributors: facts.contributors,
      earlier: facts.handoffs.length,
      serviceTemplate,
      dealType,
      segment: input.segment ?? null,
      configuration,
      configurationVersion: version,
      snapshot: recorded.snapshot,
      terms: parsed.terms,
    },
    moment,
  );
  const choice = {
    handoffId: handoff.id,
    template: handoff.checklistTemplate,
    tier: handoff.tier,
    configuration,
    version,
  };
  const { calendar } = configuration;
  const checklist = { handoffId: handoff.id, items: alignedItems({ ...choice, existing: [] }), evidence: [], calendar };
  const win = winAfter(facts.win, recorded.snapshot);
  return {
    findings: [],
    subject: handoffSubject(handoff.id),
    handoffId: handoff.id,
    body: { opened: true, ...bodyOf(recorded), termsRevision: 1, tier: handoff.tier },
    sources: [configurationSource(version), snapshotSource(recorded.snapshot)],
    writes: [
      ...recorded.statements,
      ...statements,
      ...createChecklist(choice, moment),
      ...(win ? [recordCompleteness(win, checklist, moment)] : []),
    ],
    messages: [statusMessage({ id: handoff.id, revision: 0 })],
  };
}

function arriveAgain(ground: Ground, handoff: Handoff): Arrival {
  const { recorded, version } = ground;
  const arrived = {
    findings: [],
    subject: handoffSubject(handoff.id),
    handoffId: handoff.id,
    sources: [configurationSource(version), snapshotSource(recorded.snapshot)],
  };
  if (handoff.dealSnapshotId === recorded.snapshotId)
    return { ...arrived, body: { changed: false, ...bodyOf(recorded) }, writes: recorded.statements, messages: [] };
  const further: Further = EDITABLE.includes(handoff.stage)
    ? adopt(ground, handoff)
    : isSameDealWon(ground, handoff)
      ? follow(ground, handoff)
      : lapse(ground, handoff);
  return {
    ...arrived,
    body: { ...bodyOf(recorded), ...further.body },
    writes: [...recorded.statements, ...further.writes, ...atWin(ground, handoff, further)],
    messages: further.writes.length > 0 ? [statusMessage(handoff)] : [],
  };
}

/** What becomes of a handoff that is there. */
interface Further extends Pick<Arrival, 'body' | 'writes'> {
  /** The required items of its checklist afterwards, where that was aligned. */
  readonly items?: readonly WeighedItem[];
}

/** Keeps what was proven when this snapshot is the first that tells of a win. */
function atWin({ facts, recorded, version, moment }: Ground, { id }: Handoff, { items }: Further): Statement[] {
  const win = winAfter(facts.win, recorded.snapshot);
  if (!recorded.changed || win?.snapshotId !== recorded.snapshotId) return [];
  const { calendar } = configurationOf(version);
  const checklist = { handoffId: id, items: items ?? facts.items, evidence: facts.evidence, calendar };
  return [recordCompleteness(win, checklist, moment)];
}

function adopt({ facts, parsed, recorded, version, moment }: Ground, handoff: Handoff): Further {
  const configuration = configurationOf(version);
  const { changes, statements } = adoptTerms(
    {
      handoff,
      requests: facts.requests,
      contributors: facts.contributors,
      importer: importerOf(facts, recorded),
      clientId: recorded.clientId,
      parsed,
      former: openImported(moment.vault, facts.former) ?? parsed.deal,
      configuration,
      configurationVersion: version,
      snapshot: recorded.snapshot,
      terms: parsed.terms,
      needFor: needOnTerms({ ...facts, version }, parsed.terms, handoff, moment.now),
    },
    moment,
  );
  const changed = { ...handoff, ...changes };
  const { tier, checklistTemplate: template, termsRevision } = changed;
  const figures =
    termsRevision === handoff.termsRevision ? [] : figuresOnTerms({ ...facts, version }, parsed.terms, changed, moment);
  const choice = { handoffId: handoff.id, template, tier, configuration, version, existing: facts.items };
  return {
    body: { adopted: true, termsRevision, tier },
    writes: [...statements, ...figures, ...alignChecklist(choice, moment), changeHandoff(handoff, changes)],
    items: alignedItems(choice),
  };
}

/** Who brought the snapshot in earlier that is adopted now; of a new one that is who imports. */
function importerOf({ importer }: ImportFacts, { changed }: RecordedSnapshot): string | null {
  return changed ? null : importer;
}

/** While delivery reviews before the signature the deal is won in the PSA: the same terms, in a later snapshot. */
function isSameDealWon({ facts, recorded }: Ground, handoff: Handoff): boolean {
  const isReviewed = handoff.pendingContract && handoff.stage === Stage.IN_REVIEW;
  return isReviewed && facts.adoptedTermsDigest === recorded.snapshot.termsDigest;
}

function follow({ recorded }: Ground, handoff: Handoff): Further {
  const changes = { dealSnapshotId: recorded.snapshotId, clientId: recorded.clientId };
  return {
    body: { adopted: false, followed: true, termsRevision: handoff.termsRevision },
    writes: [changeHandoff(handoff, changes)],
  };
}

/** Terms that change under a sign-off end it: the stage goes back, and no client date stands (design 2). */
function lapse({ facts, recorded, moment }: Ground, handoff: Handoff): Further {
  const signed = [Stage.SIGNED_OFF, Stage.KICKOFF_SCHEDULED].includes(handoff.stage);
  const signOff = facts.signOffs.find(({ state }) => state === SignOffState.LIVE) ?? null;
  if (!signed || !signOff) return { body: { adopted: false, stage: handoff.stage }, writes: [] };
  const ended = endSignOff(signOff, SignOffState.LAPSED, 'the deal has changed in the PSA', moment.now, {
    code: 'DEAL_CHANGED',
    facts: { adopted: facts.current?.revision ?? null, newest: recorded.snapshot.revision },
  });
  return {
    body: { adopted: false, lapsed: signOff.id, from: handoff.stage, stage: Stage.IN_REVIEW },
    writes: [
      ...ended,
      ...facts.projects.map((project) => changeProjectState(project, ProjectState.AWAITING_SIGN_OFF)),
      changeHandoff(handoff, { stage: Stage.IN_REVIEW }),
    ],
  };
}

function bodyOf({ dealId, snapshot, changed }: RecordedSnapshot): Record<string, unknown> {
  return {
    dealId,
    snapshotId: snapshot.id,
    snapshotRevision: snapshot.revision,
    newSnapshot: changed,
    rawDigest: snapshot.rawDigest,
    termsDigest: snapshot.termsDigest,
  };
}

/** The sales manager who imports owns the handoff; for a program or another role, the first active sales manager. */
function ownerOf(people: readonly RoleHolder[], { actor }: Moment): string | null {
  const sales = people.filter(({ role }) => role === Role.SALES_MANAGER).map(({ personId }) => personId);
  return sales.includes(actor.id) ? actor.id : (sales[0] ?? null);
}

function noOwner(): Finding {
  return finding({
    code: 'NO_SALES_MANAGER',
    path: 'owner',
    message: 'The tenant has no active sales manager to own the handoff.',
    facts: {},
    remedy: 'Ask RevOps to give someone the role SALES_MANAGER.',
  });
}

/** Rows of the deal's live handoff, by the opportunity's id. */
function ofLiveHandoff<T extends object>(entity: new () => T, order: string, externalId: string) {
  const { name, selection } = tableOf(entity);
  return sql(
    `select ${selection} from ${name} where tenant_id = $1 and handoff_id ${OF_DEAL} order by ${order}`,
    [HALOPSA, externalId],
    (rows) => rows.map((row) => hydrate(entity, row)),
  );
}
