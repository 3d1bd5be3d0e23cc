// Who is compared at which operation, and what each of them is sent for it.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copiedText } from './copies.mjs';
import { operation } from './graphql.mjs';
import { root } from './product.mjs';

const READ_BY_ALL = [
  'ours',
  'limit',
  'postgraphile',
  'dataloader',
  'typeorm',
  'tenancy-off',
  'abilities-off',
  'compile-off',
];

/** The servers of each operation. The rivals have no rules: they are asked for what is stored. */
export const COMPARED = {
  page: READ_BY_ALL,
  one: READ_BY_ALL,
  'page-computed': ['ours', 'limit', 'compile-off'],
  inbox: ['ours', 'limit', 'compile-off'],
  'submit-evidence': ['ours', 'limit', 'postgraphile', 'tenancy-off', 'abilities-off'],
  'submit-handoff': ['ours', 'limit'],
  'cast-vote': ['ours', 'limit'],
};

/** Reads whose answer rules work out: the limit sends the same reads and answers what was worked out before. */
export const COMPUTED = ['page-computed', 'inbox'];

const JSON_BODY = { 'content-type': 'application/json' };

const postgraphileText = (name) => readFileSync(join(root, 'bench', 'rivals', 'operations', `${name}.graphql`), 'utf8');

/** A read as a server is sent it. `at` is the reader's place; the limit knows its recorded reads by it. */
export function readRequest(server, name, reader, at, variables = {}) {
  const tenant = { ...JSON_BODY, 'x-tenant': reader.tenant.id };
  if (server === 'limit') {
    const what = COMPUTED.includes(name) ? { 'x-replay': `${name}:${at}`, 'x-copy': '0' } : { 'x-operation': name };
    return { headers: { ...tenant, ...what }, body: JSON.stringify({ variables }) };
  }
  if (server === 'postgraphile')
    return {
      headers: tenant,
      body: JSON.stringify({ query: postgraphileText(name), variables: { ...variables, tenant: reader.tenant.id } }),
    };
  const query = operation(name);
  if (['dataloader', 'typeorm'].includes(server))
    return { headers: tenant, body: JSON.stringify({ query, variables }) };
  return {
    headers: { ...JSON_BODY, authorization: `Bearer ${reader.token}` },
    body: JSON.stringify({ query, variables }),
  };
}

/** The change of a unit's n-th copy as a server is sent it. */
export function changeRequest(server, unit, at, n) {
  if (server === 'limit')
    return { headers: { ...JSON_BODY, 'x-replay': `${unit.operation}:${at}`, 'x-copy': String(n) }, body: '{}' };
  if (server === 'postgraphile') {
    const { handoffId, itemId, title, documentUrl, contentHash } = JSON.parse(
      copiedText(unit, JSON.stringify(unit.input), n),
    );
    const ids = { evidenceId: randomUUID(), entryId: randomUUID() };
    const variables = {
      input: { handoffId, itemId, title, documentUrl, contentHash, personId: unit.personId, ...ids },
    };
    const query = postgraphileText(unit.operation);
    return { headers: { ...JSON_BODY, 'x-tenant': unit.tenant.id }, body: JSON.stringify({ query, variables }) };
  }
  return {
    headers: { ...JSON_BODY, authorization: `Bearer ${unit.token}` },
    body: JSON.stringify({
      query: unit.document,
      variables: { input: JSON.parse(copiedText(unit, JSON.stringify(unit.input), n)) },
    }),
  };
}
