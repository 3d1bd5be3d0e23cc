import { command, done, refused, type RefusedOutcome } from '../core/command.js';
import { notFound } from '../core/error.js';
import { type Finding, finding } from '../core/finding.js';
import { insert, update } from '../core/statement.js';
import { sharedKeys } from '../core/vault.js';
import { parseConfigurationFile } from './configuration-file.js';
import type { DecideConfigurationInput, ProposeConfigurationInput } from './catalogue.input.js';
import { configurationOf, isRuling, lockVersions } from './catalogue.queries.js';
import { diffConfigurations } from './configuration-diff.js';
import { configurationSource, ConfigurationState, ConfigurationVersion } from './configuration-version.entity.js';
import { storeConfiguration } from './stored-configuration.js';

const subjectOf = (id: string): { type: string; id: string } => ({ type: 'ConfigurationVersion', id });

/** Proposes a new version of the tenant's configuration; a bad file is refused whole, with line and reason for every fault. */
export const proposeConfiguration = command({
  name: 'proposeConfiguration',
  action: 'propose',
  subject: 'ConfigurationVersion',
  services: false,
  facts: (_input: ProposeConfigurationInput) => ({ versions: lockVersions(), keys: sharedKeys('PERSON') }),
  decide: ({ versions, keys }, input, moment) => {
    const { now, actor, newId } = moment;
    const parsed = parseConfigurationFile(input.payload);
    if (!parsed.ok) return refused(parsed.faults.map(faultFinding));
    const { configuration } = parsed;
    const id = newId();
    const { stored, content, digest, writes, findings: erased } = storeConfiguration(configuration, id, keys, moment);
    const findings: Finding[] = [...erased];
    if (configuration.tenant.id !== actor.tenantId) {
      findings.push(
        finding({
          code: 'OTHER_TENANT',
          path: 'tenant.id',
          message: 'The file is for another tenant.',
          facts: {},
          remedy: 'Propose the file of your own tenant.',
        }),
      );
    }
    const ruling = versions.find((version) => isRuling(version, now));
    if (ruling?.digest === digest) {
      findings.push(
        finding({
          code: 'NOTHING_CHANGED',
          path: 'payload',
          message: 'This is the configuration that rules already.',
          facts: { version: ruling.version },
          remedy: 'Change something first.',
        }),
      );
    }
    const effectiveFrom = input.effectiveFrom ?? now;
    if (effectiveFrom < now) {
      findings.push(
        finding({
          code: 'DATE_IN_THE_PAST',
          path: 'effectiveFrom',
          message: 'A configuration cannot rule the past.',
          facts: {},
          remedy: 'Give a later instant, or leave it out.',
        }),
      );
    }
    if (findings.length > 0) return refused(findings);
    const version = (versions[0]?.version ?? 0) + 1;
    const changes = ruling ? diffConfigurations(configurationOf(ruling), stored) : [];
    return done({
      id,
      subject: subjectOf(id),
      body: {
        version,
        digest,
        effectiveFrom: effectiveFrom.toISOString(),
        changes: changes.map(({ path }) => withoutPeople(path)),
      },
      sources: ruling ? [configurationSource(ruling)] : [],
      writes: [
        ...writes,
        insert(ConfigurationVersion, {
          id,
          version,
          state: ConfigurationState.PROPOSED,
          content,
          digest,
          effectiveFrom,
          proposedBy: actor.id,
          proposedAt: now,
        }),
      ],
    });
  },
});

/** Lets a proposed version rule from its date; never by its proposer. */
export const approveConfiguration = command({
  name: 'approveConfiguration',
  action: 'decide',
  subject: 'ConfigurationVersion',
  services: false,
  facts: (_input: DecideConfigurationInput) => ({ versions: lockVersions() }),
  decide: ({ versions }, input, { now, actor }) => decide(versions, input, actor.id, now, ConfigurationState.EFFECTIVE),
});

/** Refuses a proposed version for good. */
export const rejectConfiguration = command({
  name: 'rejectConfiguration',
  action: 'decide',
  subject: 'ConfigurationVersion',
  services: false,
  facts: (_input: DecideConfigurationInput) => ({ versions: lockVersions() }),
  decide: ({ versions }, input, { now, actor }) => decide(versions, input, actor.id, now, ConfigurationState.REJECTED),
});

function decide(
  versions: readonly ConfigurationVersion[],
  { versionId, digest }: DecideConfigurationInput,
  decidedBy: string,
  now: Date,
  state: ConfigurationState,
): ReturnType<typeof done> | RefusedOutcome {
  const version = versions.find((candidate) => candidate.id === versionId);
  if (!version) throw notFound('ConfigurationVersion', versionId);
  const findings: Finding[] = [];
  if (version.state !== ConfigurationState.PROPOSED) {
    findings.push(
      finding({
        code: 'NOT_PROPOSED',
        path: 'versionId',
        message: `Version ${version.version} is ${version.state}.`,
        facts: { state: version.state },
        remedy: 'Decide on a proposed version.',
      }),
    );
  }
  if (version.digest !== digest) {
    findings.push(
      finding({
        code: 'STALE_CONTENT',
        path: 'digest',
        message: 'You read another content than this version has.',
        facts: {},
        remedy: 'Read the version again and send its digest.',
      }),
    );
  }
  if (version.proposedBy === decidedBy) {
    findings.push(
      finding({
        code: 'SELF_APPROVAL',
        path: 'versionId',
        message: 'You proposed this version.',
        facts: {},
        remedy: 'Another person decides.',
      }),
    );
  }
  if (findings.length > 0) return refused(findings, { subject: subjectOf(version.id) });
  return done({
    id: version.id,
    subject: subjectOf(version.id),
    body: { version: version.version, digest, state },
    sources: [configurationSource(version)],
    writes: [update(ConfigurationVersion, { id: version.id }, { state, decidedBy, decidedAt: now })],
  });
}

/** A fault of the file as a finding: the line is part of the path and of the facts. */
function faultFinding(fault: { line: number; column: number; path: string; message: string; remedy: string }): Finding {
  const { line, column, path, message, remedy } = fault;
  return finding({
    code: 'BAD_CONFIGURATION',
    path: `line ${line}: ${path}`,
    message,
    facts: { line, column },
    remedy,
  });
}

/** The ledger holds no names: a change of people says that, not of whom. */
function withoutPeople(path: string): string {
  return path.replace(/^people\[[^\]]*\]/, 'people[*]');
}
