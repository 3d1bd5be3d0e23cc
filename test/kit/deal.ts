import type { ApprovalNeed } from '../../src/approval/need.rules.js';
import { contributorsOf, lockRequestsOf } from '../../src/approval/approval.queries.js';
import { configurationOf, configurationOfHandoff, isRuling } from '../../src/catalogue/catalogue.queries.js';
import { ConfigurationVersion } from '../../src/catalogue/configuration-version.entity.js';
import { command, done, refused } from '../../src/core/command.js';
import { select } from '../../src/core/statement.js';
import { openImported } from '../../src/deal/deal.payload.js';
import { recordSnapshot, type ReadableImport } from '../../src/deal/deal.effects.js';
import {
  clientByExternal,
  currentSnapshotByExternal,
  HALOPSA,
  importerByExternal,
  lockDealByExternal,
  termsOf,
} from '../../src/deal/deal.queries.js';
import { type Classification, classificationFindings } from '../../src/handoff/classification.rules.js';
import { adoptTerms, openHandoff, reclassify } from '../../src/handoff/handoff.effects.js';
import { DealType } from '../../src/handoff/handoff.entity.js';
import { handoffDone, handoffRefused, handoffUnchanged } from '../../src/handoff/handoff.outcomes.js';
import {
  adoptedDealByExternal,
  adoptedSnapshot,
  configurationByExternal,
  contributorsByExternal,
  lockHandoff,
  lockHandoffsByExternal,
  lockRequestsByExternal,
} from '../../src/handoff/handoff.queries.js';
import { changeHandoff, handoffSubject } from '../../src/handoff/handoff.rules.js';
import { EDITABLE, Stage } from '../../src/handoff/stage.rules.js';

export interface TestImport extends Partial<Classification> {
  readonly raw: string;
  readonly parsed: ReadableImport;
}

/** What an exception on changed terms needs, as the sample policy says above materiality. */
const twoOfFinance = (): ApprovalNeed => ({
  quorums: [[{ name: 'approval', approvers: 2, roles: ['FINANCE_APPROVER'], people: [] }]],
  rejections: 1,
  freshSignInMinutes: null,
  coolDownHours: 24,
});

/** The parts of an import that deal/ and handoff/ know, as one command: no checklist, no project. */
export const importForTest = command({
  name: 'importForTest',
  action: 'import',
  subject: 'Deal',
  facts: ({ parsed }: TestImport) => {
    const { externalId, clientExternalId, clientName } = parsed.deal;
    return {
      existing: lockDealByExternal(HALOPSA, externalId),
      handoffs: lockHandoffsByExternal(HALOPSA, externalId),
      requests: lockRequestsByExternal(HALOPSA, externalId),
      current: currentSnapshotByExternal(HALOPSA, externalId),
      client: clientByExternal(clientExternalId, clientName),
      contributors: contributorsByExternal(HALOPSA, externalId),
      importer: importerByExternal(HALOPSA, externalId),
      former: adoptedDealByExternal(HALOPSA, externalId),
      opened: configurationByExternal(HALOPSA, externalId),
      versions: select(ConfigurationVersion, {}, { orderBy: ['-version'] }),
    };
  },
  decide: (facts, input, moment) => {
    const { handoffs, opened, versions, contributors } = facts;
    const former = openImported(moment.vault, facts.former);
    const {
      serviceTemplate = 'managed-network',
      dealType = DealType.NEW_BUSINESS,
      segment = null,
      parsed,
      raw,
    } = input;
    const version = opened ?? versions.find((candidate) => isRuling(candidate, moment.now))!;
    const configuration = configurationOf(version);
    const recorded = recordSnapshot({ ...facts, parsed, raw, timeZone: configuration.tenant.timeZone }, moment);
    const { deal, clientId, snapshot } = recorded;
    const importer = recorded.changed ? null : facts.importer;
    const ground = { configuration, configurationVersion: version, snapshot, terms: parsed.terms, importer };
    const live = handoffs.find(({ stage }) => stage !== Stage.WITHDRAWN);
    if (live) {
      const adopt = EDITABLE.includes(live.stage) && former !== null;
      const terms = adopt
        ? adoptTerms({ ...facts, ...ground, handoff: live, clientId, parsed, former, needFor: twoOfFinance }, moment)
        : null;
      const changed = terms !== null && Object.keys(terms.changes).length > 0;
      return done({
        id: live.id,
        subject: handoffSubject(live.id),
        body: { adopted: changed },
        writes: [
          ...recorded.statements,
          ...(terms?.statements ?? []),
          ...(changed ? [changeHandoff(live, terms.changes)] : []),
        ],
      });
    }
    const findings = classificationFindings(configuration, { serviceTemplate, dealType });
    if (findings.length > 0) return refused(findings);
    const opening = {
      ...ground,
      contributors,
      deal,
      clientId,
      parsed,
      ownerId: moment.actor.id,
      earlier: handoffs.length,
    };
    const { handoff, statements } = openHandoff({ ...opening, serviceTemplate, dealType, segment }, moment);
    return done({
      id: handoff.id,
      subject: handoffSubject(handoff.id),
      writes: [...recorded.statements, ...statements],
    });
  },
});

/** The part of a reclassification that handoff/ knows. */
export const classifyForTest = command({
  name: 'classifyForTest',
  action: 'edit',
  subject: 'Handoff',
  facts: ({ handoffId }: Partial<Classification> & { handoffId: string }) => ({
    handoff: lockHandoff(handoffId),
    requests: lockRequestsOf(handoffSubject(handoffId)),
    snapshot: adoptedSnapshot(handoffId),
    contributors: contributorsOf(handoffSubject(handoffId)),
    version: configurationOfHandoff(handoffId),
  }),
  decide: (facts, input, moment) => {
    const { handoff, snapshot, version } = facts;
    const ground = { configuration: configurationOf(version), configurationVersion: version, terms: termsOf(snapshot) };
    const { findings, changes, statements } = reclassify({ ...facts, ...ground, needFor: twoOfFinance }, input, moment);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    if (Object.keys(changes).length === 0) return handoffUnchanged(handoff);
    return handoffDone(handoff, { body: { termsDigest: changes.termsDigest }, changes, writes: statements });
  },
});
