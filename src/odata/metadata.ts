import type { Column } from '../reporting/dataset.js';
import type { FeedModel, FeedSet } from './model.js';

/** The namespace of the feed's types. */
const NAMESPACE = 'Countersign';
/** Where the words of annotations are defined; clients need not fetch it. */
const CORE = 'https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Core.V1.xml';

/**
 * $metadata as CSDL XML 4.0 (OASIS), of what one kind of reader sees: columns that their classes hide are not in it.
 * Descriptions stand as annotations.
 */
export function metadataXml({ sets }: FeedModel): string {
  const all = [...sets.values()];
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">',
    `<edmx:Reference Uri="${CORE}"><edmx:Include Namespace="Org.OData.Core.V1" Alias="Core"/></edmx:Reference>`,
    '<edmx:DataServices>',
    `<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="${NAMESPACE}">`,
    ...all.map((set) => entityType(set, sets)),
    '<EntityContainer Name="Feed">',
    ...all.map(entitySet),
    '</EntityContainer>',
    '</Schema>',
    '</edmx:DataServices>',
    '</edmx:Edmx>',
    '',
  ].join('\n');
}

function entityType({ dataset, columns, navigations, byName }: FeedSet, sets: FeedModel['sets']): string {
  return [
    `<EntityType Name="${dataset.entity}">`,
    `<Key><PropertyRef Name="${dataset.key}"/></Key>`,
    ...columns.map(property),
    ...[...navigations.values()].map(({ name, to, from }) => {
      const target = sets.get(to)!;
      // A key may lead to a row that the reader does not see, or that is not there any more: always nullable.
      return [
        `<NavigationProperty Name="${name}" Type="${NAMESPACE}.${target.dataset.entity}">`,
        `<ReferentialConstraint Property="${byName.get(from)!.name}" ReferencedProperty="${target.key.name}"/>`,
        '</NavigationProperty>',
      ].join('');
    }),
    description(dataset.description),
    '</EntityType>',
  ].join('\n');
}

function property({ name, type, nullable, description: text }: Column): string {
  const facets: Readonly<Record<string, string>> = {
    'Edm.DateTimeOffset': ' Precision="3"',
    'Edm.Decimal': ' Scale="variable"',
  };
  const head = `<Property Name="${name}" Type="${type}"${nullable ? '' : ' Nullable="false"'}${facets[type] ?? ''}>`;
  return `${head}${description(text)}</Property>`;
}

function entitySet({ dataset, navigations }: FeedSet): string {
  const bindings = [...navigations.values()].map(
    ({ name, to }) => `<NavigationPropertyBinding Path="${name}" Target="${to}"/>`,
  );
  return `<EntitySet Name="${dataset.name}" EntityType="${NAMESPACE}.${dataset.entity}">${bindings.join('')}</EntitySet>`;
}

const description = (text: string): string => `<Annotation Term="Core.Description" String="${escaped(text)}"/>`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character]!);

/** The service document: every entity set (OData JSON format 4.0, section 5). */
export function serviceDocument({ sets }: FeedModel, root: string, isBare: boolean): unknown {
  return {
    ...(isBare ? {} : { '@odata.context': `${root}/$metadata` }),
    value: [...sets.keys()].map((name) => ({ name, kind: 'EntitySet', url: name })),
  };
}

/** The file by which Power BI Desktop connects itself (.pbids, version 0.1): the feed's address and nothing secret. */
export function connectionFile(root: string): unknown {
  return {
    version: '0.1',
    connections: [{ details: { protocol: 'odata', address: { url: root } }, mode: 'Import' }],
  };
}
