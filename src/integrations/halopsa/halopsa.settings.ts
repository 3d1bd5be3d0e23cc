import type { OpenConnection } from '../connection/connection.secret.js';
import { haloError } from './halopsa.record.js';

/** What a connection does in HaloPSA about a win whose handoff has not passed the gate. */
export type HaloMode = 'OBSERVE' | 'FLAG' | 'REVERT' | 'NATIVE';

/** The settings of a HaloPSA connection, read from their texts; connection.forms.ts says what each means. */
export interface HaloSettings {
  readonly mode: HaloMode;
  /** `{resourceServer}`: the API's root. */
  readonly resourceServer: string;
  /** `{authServer}`: `/token` follows. */
  readonly authServer: string;
  /** Goes with a token request to a cloud instance; null for one that the MSP runs itself. */
  readonly tenant: string | null;
  readonly scope: string;
  /** Which opportunities are looked at; empty is all. */
  readonly opportunityTypeIds: readonly number[];
  /** What won means: a status; or, once it is closed, a closure category or a stage of the pipeline. */
  readonly wonStatusIds: readonly number[];
  readonly wonClosureCategoryIds: readonly number[];
  readonly wonStageIds: readonly number[];
  /** From when on a handoff is opened before the win: stages of the pipeline, or a probability in per cent. */
  readonly earlyStageIds: readonly number[];
  readonly earlyProbability: number | null;
  /** Ticket types of projects and of their tasks; null until they are set. */
  readonly projectTypeId: number | null;
  readonly taskTypeId: number | null;
  /** The status that an opportunity is moved back to (mode REVERT); null until it is set. */
  readonly revertStatusId: number | null;
  /** The agent of the API application, who answers approvals (mode NATIVE); null until it is set. */
  readonly agentId: number | null;
  /** HaloPSA's codes of an approval's result; its documentation names none. */
  readonly approvalResults: { readonly approved: number; readonly rejected: number };
  /** Outcomes of an action that are a contact with the client, beside a mail to them. */
  readonly contactOutcomeIds: readonly number[];
  /** HaloPSA's budget type by the key of ours. */
  readonly budgetTypeIds: ReadonlyMap<string, number>;
  /** HaloPSA's status by the state of our project. */
  readonly projectStatusIds: ReadonlyMap<string, number>;
  /** Whether project and tasks get the agent with the e-mail address of whom we name; it needs `read:agents`. */
  readonly ownersByEmail: boolean;
  /** Whether tasks name those that they wait for as date dependencies. */
  readonly dateDependencies: boolean;
}

/** What the connector calls covers tickets, opportunities and projects, and the clients (facts 3.1). */
const SCOPE = 'read:tickets edit:tickets read:customers';
const AGENTS_SCOPE = 'read:agents';

/** Reads the settings of a connection; they were validated when they were given. */
export function settingsOf({ baseUrl, settings }: Pick<OpenConnection, 'baseUrl' | 'settings'>): HaloSettings {
  const base = baseUrl.replace(/\/+$/, '');
  const ownersByEmail = settings.taskOwners === 'BY_EMAIL';
  return {
    mode: (settings.mode as HaloMode | undefined) ?? 'FLAG',
    resourceServer: (settings.resourceServer ?? `${base}/api`).replace(/\/+$/, ''),
    authServer: (settings.authServer ?? `${base}/auth`).replace(/\/+$/, ''),
    tenant: settings.tenant ?? null,
    scope: settings.scope ?? (ownersByEmail ? `${SCOPE} ${AGENTS_SCOPE}` : SCOPE),
    opportunityTypeIds: ids(settings.opportunityTypeIds),
    wonStatusIds: ids(settings.wonStatusIds),
    wonClosureCategoryIds: ids(settings.wonClosureCategoryIds),
    wonStageIds: ids(settings.wonStageIds),
    earlyStageIds: ids(settings.earlyStageIds),
    earlyProbability: oneId(settings.earlyProbability),
    projectTypeId: oneId(settings.projectTypeId),
    taskTypeId: oneId(settings.taskTypeId),
    revertStatusId: oneId(settings.revertStatusId),
    agentId: oneId(settings.agentId),
    approvalResults: {
      approved: oneId(settings.approvedResult) ?? 1,
      rejected: oneId(settings.rejectedResult) ?? 2,
    },
    contactOutcomeIds: ids(settings.contactOutcomeIds),
    budgetTypeIds: idsByWord(settings.budgetTypeIds),
    projectStatusIds: idsByWord(settings.projectStatusIds),
    ownersByEmail,
    dateDependencies: settings.taskDependencies === 'DATES',
  };
}

/** A setting that the work needs; VendorError REFUSED that names it when it is not there. */
export function required<T>(value: T | null | undefined, name: string, means: string): T {
  if (value !== null && value !== undefined) return value;
  throw haloError(
    'REFUSED',
    'HALOPSA_SETTING_MISSING',
    `The setting ${name} of the HaloPSA connection is missing.`,
    `Set ${name} (${means}) with updateIntegrationSettings, then retry it.`,
  );
}

const ids = (text = ''): readonly number[] => (text === '' ? [] : text.split(',').map(Number));

function oneId(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

function idsByWord(text = ''): ReadonlyMap<string, number> {
  const pairs = text.split(',').flatMap((pair) => (pair === '' ? [] : [pair.split('=')]));
  return new Map(pairs.map(([word, id]) => [word!, Number(id)]));
}
