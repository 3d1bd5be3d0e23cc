import { byOf } from '../caller.js';
import { invalidRequest } from '../exchange.js';
import type { ItemCall, Route } from '../graph-call.js';
import type { Column, Item } from '../records.js';
import { nextLabel } from './content.js';
import { assertMatch, assertUnlocked, itemOf } from './item-call.js';
import { fieldValues, listItem } from './views.js';

const FIELDS_BODY = {
  type: 'object',
  minProperties: 1,
  additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
};
const LONGEST_TEXT = 255;

/** Columns of an item, by their internal names. */
export const FIELD_ROUTES: readonly Route<ItemCall>[] = [
  { operation: 'listItem.get', method: 'GET', path: '/listItem', units: 1, run: getListItem },
  { operation: 'fields.get', method: 'GET', path: '/listItem/fields', units: 1, run: getFields },
  {
    operation: 'fields.update',
    method: 'PATCH',
    path: '/listItem/fields',
    units: 2,
    schema: FIELDS_BODY,
    run: patchFields,
  },
];

function getListItem(call: ItemCall) {
  const item = itemOf(call, 'read');
  const fields = call.exchange.query.get('$expand') === 'fields' ? { fields: fieldValues(item) } : {};
  return { status: 200, body: { ...listItem(call.world, call.tree, call.library, item), ...fields } };
}

function getFields(call: ItemCall) {
  return { status: 200, body: fieldValues(itemOf(call, 'read')) };
}

function patchFields(call: ItemCall) {
  const item = itemOf(call, 'write');
  assertMatch(call, item);
  assertUnlocked(call, item);
  const given = call.body as Record<string, unknown>;
  const columns = call.world.store.all('column').filter((column) => column.listId === call.library.listId);
  for (const [name, value] of Object.entries(given)) assertValue(columns, name, value);
  const changed = call.tree.put({
    ...item,
    ...metadataVersion(call, item),
    fields: { ...item.fields, ...given },
    eTag: item.eTag + 1,
    modifiedAt: call.world.stamp(),
    modifiedBy: byOf(call.world, call.caller),
  });
  call.world.did('fields.updated', item.id);
  return { status: 200, body: fieldValues(changed) };
}

/** In a library with versioning, a change of columns is a version of its own with the same bytes. */
function metadataVersion(call: ItemCall, item: Item): Pick<Item, 'versions'> {
  const [newest] = item.versions;
  if (!newest || !call.world.settings.columnsMakeVersions) return { versions: item.versions };
  const by = byOf(call.world, call.caller);
  call.world.did('version.created', `${item.id}/${nextLabel(item)}`);
  return { versions: [{ ...newest, id: nextLabel(item), at: call.world.stamp(), by }, ...item.versions] };
}

function assertValue(columns: readonly Column[], name: string, value: unknown): void {
  const column = columns.find((one) => one.name === name);
  if (!column && name !== 'Title') throw invalidRequest(`Field '${name}' is not recognized`);
  if (value === null) return;
  const kind = column?.kind ?? 'text';
  const fits = { text: 'string', choice: 'string', dateTime: 'string', number: 'number', boolean: 'boolean' }[kind];
  if (typeof value !== fits) throw invalidRequest(`The value of field '${name}' is not a ${kind}.`);
  if (kind === 'text' && (value as string).length > LONGEST_TEXT) {
    throw invalidRequest(`The value of field '${name}' is longer than ${LONGEST_TEXT} characters.`);
  }
}
