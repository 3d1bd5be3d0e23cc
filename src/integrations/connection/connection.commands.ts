import { digestOf } from '../../core/canonical.js';
import { command, done, type Moment, refused } from '../../core/command.js';
import { staleRevision } from '../../core/error.js';
import {
  insert,
  type Query,
  remove,
  selectFirst,
  selectRequired,
  sql,
  type Statement,
  update,
} from '../../core/statement.js';
import { checked, endPauses, pauseUntilConnected, testMessage, watchMessages } from './connection.effects.js';
import { type ConnectionCheck, ConnectionState, Integration, IntegrationSecret } from './connection.entity.js';
import { formOf } from './connection.forms.js';
import type {
  ConnectIntegrationInput,
  IntegrationChangeInput,
  IntegrationInput,
  RotateIntegrationSecretInput,
  UpdateIntegrationSettingsInput,
} from './connection.input.js';
import {
  addressFindings,
  alreadyConnected,
  byName,
  connectionFindings,
  notConnected,
  valueFindings,
} from './connection.rules.js';
import { type Credentials, sealedSecret } from './connection.secret.js';

const administer = { action: 'administer', subject: 'Integration', services: false } as const;
const subjectOf = (id: string): { type: string; id: string } => ({ type: 'Integration', id });

const locked = (id: string): Query<Integration> => selectRequired(Integration, id, { lock: 'UPDATE' });

function checkRevision(integration: Integration, { expectedRevision }: IntegrationChangeInput): void {
  const { id, revision } = integration;
  if (revision !== expectedRevision) throw staleRevision('Integration', id, expectedRevision, revision);
}

/** New credentials in place of whatever was there. */
function keepSecret(integrationId: string, version: number, credentials: Credentials, moment: Moment): Statement[] {
  const { vault, actor, now, newId } = moment;
  const of = { tenantId: actor.tenantId, integrationId, version };
  return [
    remove(IntegrationSecret, { integrationId }),
    insert(IntegrationSecret, sealedSecret(vault, of, credentials, { id: newId(), now })),
  ];
}

/** Connects a vendor, or connects again what was disconnected under this name; the worker tests it at once. */
export const connectIntegration = command({
  name: 'connectIntegration',
  ...administer,
  facts: ({ vendor, name }: ConnectIntegrationInput) => ({
    existing: selectFirst(Integration, { vendor, name }, { lock: 'UPDATE' }),
  }),
  decide: ({ existing }, input, moment) => {
    const { vendor, name, baseUrl } = input;
    const form = formOf(vendor, byName(input.settings));
    const findings = [...alreadyConnected(existing), ...connectionFindings(form, input)];
    if (findings.length > 0) return refused(findings, existing ? { subject: subjectOf(existing.id) } : {});
    const id = existing?.id ?? moment.newId();
    const secretVersion = (existing?.secretVersion ?? 0) + 1;
    const fresh = {
      baseUrl,
      settings: byName(input.settings),
      state: ConnectionState.CONNECTED,
      reason: null,
      remedy: null,
      checks: [],
      checkedAt: null,
      connectedAt: moment.now,
      disconnectedAt: null,
      secretVersion,
      revision: (existing?.revision ?? 0) + 1,
    };
    return done({
      id,
      subject: subjectOf(id),
      body: { vendor, secretVersion, addressDigest: digestOf(baseUrl), settingsDigest: digestOf(fresh.settings) },
      writes: [
        existing ? update(Integration, { id }, fresh) : insert(Integration, { id, vendor, name, ...fresh }),
        ...keepSecret(id, secretVersion, byName(input.credentials), moment),
        endPauses(vendor),
      ],
      messages: [testMessage(id, moment.newId()), ...watchMessages(vendor, id, moment.newId())],
    });
  },
});

/** Gives a connection new credentials and destroys the old ones. */
export const rotateIntegrationSecret = command({
  name: 'rotateIntegrationSecret',
  ...administer,
  facts: ({ integrationId }: RotateIntegrationSecretInput) => ({ integration: locked(integrationId) }),
  decide: ({ integration }, input, moment) => {
    checkRevision(integration, input);
    const { id, vendor, revision } = integration;
    const form = formOf(vendor, integration.settings);
    const findings = [
      ...notConnected(integration),
      ...valueFindings('credentials', form.credentials, input.credentials),
    ];
    if (findings.length > 0) return refused(findings, { subject: subjectOf(id) });
    const secretVersion = integration.secretVersion + 1;
    return done({
      id,
      subject: subjectOf(id),
      body: { vendor, secretVersion },
      writes: [
        update(Integration, { id }, { secretVersion, connectedAt: moment.now, revision: revision + 1 }),
        ...keepSecret(id, secretVersion, byName(input.credentials), moment),
        endPauses(vendor),
      ],
      messages: [testMessage(id, moment.newId())],
    });
  },
});

/** Changes the address and the settings of a connection; the worker tests it again. */
export const updateIntegrationSettings = command({
  name: 'updateIntegrationSettings',
  ...administer,
  facts: ({ integrationId }: UpdateIntegrationSettingsInput) => ({ integration: locked(integrationId) }),
  decide: ({ integration }, input, { newId }) => {
    checkRevision(integration, input);
    const { id, vendor, revision } = integration;
    const { baseUrl } = input;
    const findings = [
      ...notConnected(integration),
      ...addressFindings(baseUrl),
      ...valueFindings('settings', formOf(vendor, byName(input.settings)).settings, input.settings),
    ];
    if (findings.length > 0) return refused(findings, { subject: subjectOf(id) });
    const settings = byName(input.settings);
    return done({
      id,
      subject: subjectOf(id),
      body: { vendor, addressDigest: digestOf(baseUrl), settingsDigest: digestOf(settings) },
      writes: [update(Integration, { id }, { baseUrl, settings, revision: revision + 1 })],
      messages: [testMessage(id, newId()), ...watchMessages(vendor, id, newId())],
    });
  },
});

/** Has the worker test a connection: signs in, and checks each permission. */
export const testIntegration = command({
  name: 'testIntegration',
  ...administer,
  facts: ({ integrationId }: IntegrationInput) => ({ integration: locked(integrationId) }),
  decide: ({ integration }, _input, { newId }) => {
    const findings = notConnected(integration);
    if (findings.length > 0) return refused(findings, { subject: subjectOf(integration.id) });
    const { id, vendor } = integration;
    return done({ id, subject: subjectOf(id), body: { vendor }, messages: [testMessage(id, newId())] });
  },
});

/** Ends a connection and destroys its credentials; what would go to the vendor waits until it is connected again. */
export const disconnectIntegration = command({
  name: 'disconnectIntegration',
  ...administer,
  facts: ({ integrationId }: IntegrationChangeInput) => ({
    integration: locked(integrationId),
    siblings: siblingsOf(integrationId),
  }),
  decide: ({ integration, siblings }, input, { now }) => {
    checkRevision(integration, input);
    const findings = notConnected(integration);
    const { id, vendor, revision, secretVersion } = integration;
    if (findings.length > 0) return refused(findings, { subject: subjectOf(id) });
    return done({
      id,
      subject: subjectOf(id),
      body: { vendor, secretVersion },
      writes: [
        update(
          Integration,
          { id },
          {
            state: ConnectionState.DISCONNECTED,
            disconnectedAt: now,
            reason: null,
            remedy: null,
            revision: revision + 1,
          },
        ),
        remove(IntegrationSecret, { integrationId: id }),
        ...(siblings === 0 ? [pauseUntilConnected(vendor, now)] : []),
      ],
    });
  },
});

/** How many other connections to the same vendor there are. */
function siblingsOf(id: string): Query<number> {
  return sql(
    `select count(*)::int as n from integration i join integration own on own.tenant_id = $1 and own.id = $2
     where i.tenant_id = $1 and i.vendor = own.vendor and i.id <> $2 and i.state <> 'DISCONNECTED'`,
    [id],
    (rows) => rows[0]!.n as number,
  );
}

/** What the worker found when it tested a connection. */
export interface RecordConnectionCheckInput {
  readonly integrationId: string;
  /** The credentials that were tested; a result about older ones is dropped. */
  readonly secretVersion: number;
  readonly checks: readonly ConnectionCheck[];
  readonly reason: string | null;
  /** Each attempt of an effect records what it finds, though an earlier one has found the same: it was mended in between. */
  readonly attempt: number;
}

/** Keeps the result of a test; a sound one ends the pause of the vendor. */
export const recordConnectionCheck = command({
  name: 'recordConnectionCheck',
  action: 'check',
  subject: 'Integration',
  facts: ({ integrationId }: RecordConnectionCheckInput) => ({ integration: locked(integrationId) }),
  decide: ({ integration }, { secretVersion, checks, reason }, { now }) => {
    const { id, vendor } = integration;
    const isCurrent = integration.secretVersion === secretVersion && integration.disconnectedAt === null;
    const { state, write } = checked(id, checks, reason, now);
    const isSound = state === ConnectionState.CONNECTED;
    return done({
      id,
      subject: subjectOf(id),
      body: { vendor, secretVersion, isCurrent, state, checks: checks.map((check) => `${check.name}:${check.state}`) },
      writes: isCurrent ? [write, ...(isSound ? [endPauses(vendor)] : [])] : [],
      wakesWorker: isCurrent && isSound,
    });
  },
});
