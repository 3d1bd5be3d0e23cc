import { type Finding, finding } from '../../core/finding.js';
import type { Integration } from './connection.entity.js';
import type { FieldRule, VendorForm } from './connection.forms.js';

/** A value as it is given: names may come twice or not exist. */
export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One mail address: no blanks, no brackets, no list, no header of its own (RFC 5321 4.5.3.1: 254 characters at most). */
export const MAIL_ADDRESS = /^[^\s@<>(),;:\\"[\]\p{Cc}]{1,64}@[^\s@<>(),;:\\"[\]\p{Cc}]{1,189}$/u;

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * What is wrong with the address of an instance. Plain http is for this machine alone, where the sandbox's simulators
 * stand; whether a host may be reached at all is decided at every request, not here.
 */
export function addressFindings(baseUrl: string): Finding[] {
  const remedy = "Give the instance's https address, such as https://example.halopsa.com.";
  const no = (message: string): Finding[] => [
    finding({ code: 'CONNECTION_ADDRESS', path: 'baseUrl', message, facts: {}, remedy }),
  ];
  if (!URL.canParse(baseUrl)) return no('It is not an address.');
  const url = new URL(baseUrl);
  const isOwn = url.protocol === 'http:' && LOOPBACK.includes(url.hostname);
  if (url.protocol !== 'https:' && !isOwn) return no('It is not https.');
  if (url.username !== '' || url.password !== '') return no('It has credentials in it.');
  if (url.search !== '' || url.hash !== '') return no('It has a query or a fragment.');
  return [];
}

/** What is wrong with settings or credentials; never says a value, since it may be a secret in the wrong field. */
export function valueFindings(
  part: 'settings' | 'credentials',
  rules: readonly FieldRule[],
  values: readonly NamedValue[],
): Finding[] {
  const known = rules.map(({ name }) => name);
  const given = values.map(({ name }) => name);
  const unknown = values.flatMap(({ name }, index) =>
    known.includes(name)
      ? given.indexOf(name) === index
        ? []
        : [fault('CONNECTION_FIELD_TWICE', `${part}.${name}`, 'It is given twice.', 'Give it once.')]
      : [
          fault(
            'CONNECTION_FIELD_UNKNOWN',
            `${part}.${index}`,
            'This vendor has no such field.',
            known.length > 0 ? `Use: ${known.join(', ')}.` : 'Leave it out.',
          ),
        ],
  );
  const wrong = rules.flatMap((rule) => {
    const value = values.find(({ name }) => name === rule.name)?.value;
    const path = `${part}.${rule.name}`;
    if (value === undefined)
      return rule.isRequired ? [fault('CONNECTION_FIELD_MISSING', path, 'It is missing.', `Give ${rule.means}.`)] : [];
    return fits(rule, value)
      ? []
      : [fault('CONNECTION_FIELD_INVALID', path, 'Its value cannot be used.', `Give ${rule.means}.`)];
  });
  return [...unknown, ...wrong];
}

/** Everything that is wrong with what a connection is given. */
export function connectionFindings(
  form: Pick<VendorForm, 'settings' | 'credentials'>,
  given: {
    readonly baseUrl: string;
    readonly settings: readonly NamedValue[];
    readonly credentials: readonly NamedValue[];
  },
): Finding[] {
  return [
    ...addressFindings(given.baseUrl),
    ...valueFindings('settings', form.settings, given.settings),
    ...valueFindings('credentials', form.credentials, given.credentials),
  ];
}

/** Why a connection of this name cannot be made; one that was disconnected is connected again. */
export function alreadyConnected(existing: Integration | null): Finding[] {
  if (existing === null || existing.disconnectedAt !== null) return [];
  return [
    finding({
      code: 'INTEGRATION_EXISTS',
      path: 'name',
      message: 'There is a connection of this name already.',
      facts: { integrationId: existing.id },
      remedy: 'Give it new credentials with rotateIntegrationSecret, or choose another name.',
    }),
  ];
}

/** Why a disconnected connection cannot be changed. */
export function notConnected(integration: Integration): Finding[] {
  if (integration.disconnectedAt === null) return [];
  return [
    finding({
      code: 'INTEGRATION_DISCONNECTED',
      path: 'integrationId',
      message: 'It is disconnected, and its credentials are destroyed.',
      facts: { integrationId: integration.id },
      remedy: 'Connect it again with connectIntegration, under the same name.',
    }),
  ];
}

/** Given values by their names. */
export function byName(values: readonly NamedValue[]): Record<string, string> {
  return Object.fromEntries(values.map(({ name, value }) => [name, value]));
}

function fits(rule: FieldRule, value: string): boolean {
  if (rule.kind === 'TEXT') return value.trim() !== '' && value.length <= rule.longest;
  if (rule.kind === 'CHOICE') return rule.choices.includes(value);
  if (rule.kind === 'IDS') return /^\d{1,9}(,\d{1,9}){0,99}$/.test(value);
  if (rule.kind === 'ID') return /^[1-9]\d{0,8}$/.test(value);
  if (rule.kind === 'ID_BY_WORD')
    return /^[A-Za-z][\w-]{0,59}=[1-9]\d{0,8}(,[A-Za-z][\w-]{0,59}=[1-9]\d{0,8}){0,99}$/.test(value);
  if (rule.kind === 'GUID') return GUID.test(value);
  if (rule.kind === 'WORDS') return value.split(',').every((word) => rule.words.includes(word.trim().toUpperCase()));
  if (rule.kind === 'TIME') return /^([01]\d|2[0-3]):[0-5]\d$/.test(value);
  if (rule.kind === 'COUNT') return /^[1-9]\d{0,8}$/.test(value) && Number(value) <= rule.most;
  if (rule.kind === 'MAIL_ADDRESS') return MAIL_ADDRESS.test(value);
  // A query is allowed: the signature in it is the credential of a Workflows webhook.
  return URL.canParse(value) && addressFindings(value.replace(/[?#].*$/, '')).length === 0;
}

function fault(code: string, path: string, message: string, remedy: string): Finding {
  return finding({ code, path, message, facts: {}, remedy });
}
