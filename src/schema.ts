import { writeFileSync } from 'node:fs';
import { type GraphQLSchema, printSchema, lexicographicSortSchema } from 'graphql';
import { buildSchemaSync, type NonEmptyArray } from 'type-graphql';
import type { AbilityContribution } from './core/ability.js';
import { RecordResolver } from './core/graphql/record.resolver.js';
import { DateTimeScalar } from './core/graphql/scalars.js';
import { IdempotencyRecord } from './core/idempotency.js';
import { LedgerEntry } from './core/ledger.js';
import { OutboxEffect } from './core/outbox.js';
import type { EntityClass } from './core/table.js';
import { catalogueAbilities } from './catalogue/catalogue.abilities.js';
import { CatalogueResolver } from './catalogue/catalogue.resolver.js';
import { ConfigurationVersion } from './catalogue/configuration-version.entity.js';
import { ApiKey } from './identity/api-key.entity.js';
import { identityAbilities } from './identity/identity.abilities.js';
import { ApiKeyResolver, PersonResolver, RoleGrantResolver, TenantResolver } from './identity/identity.resolver.js';
import { Account, Person, RoleGrant } from './identity/person.entity.js';
import { TenantProfile } from './identity/tenant.entity.js';

/** Every resolver, named: nothing is found by a glob. */
const RESOLVERS: NonEmptyArray<new () => object> = [RecordResolver, PersonResolver, RoleGrantResolver, ApiKeyResolver, TenantResolver, CatalogueResolver];

/** What each domain allows to whom. */
export const ABILITIES: readonly AbilityContribution[] = [identityAbilities, catalogueAbilities];

/** Every entity; a table that is not here, or an entity without its table, fails a test. */
export const ENTITIES: readonly EntityClass[] = [
  LedgerEntry,
  OutboxEffect,
  IdempotencyRecord,
  TenantProfile,
  Person,
  Account,
  RoleGrant,
  ApiKey,
  ConfigurationVersion,
];

/** The executable schema. */
export function buildApiSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: RESOLVERS,
    validate: { forbidUnknownValues: false },
    scalarsMap: [{ type: Date, scalar: DateTimeScalar }],
  });
}

/** The schema as text, sorted: checked in at schema/schema.graphql and compared in a test. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(buildApiSchema()))}\n`;
}

/** Writes the schema file. */
export function writeSchema(path: string): void {
  writeFileSync(path, schemaText());
}
