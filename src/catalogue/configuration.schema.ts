import { LINE_KINDS, MEMBER_ROLES } from './configuration.words.js';
import {
  foreignUuid,
  type JsonSchema,
  list,
  object,
  ownUuid,
  pattern,
  record,
  slug,
  text,
  word,
  words,
} from './schema.parts.js';
import { acceptance } from './schema.acceptance.js';
import { capacity } from './schema.capacity.js';
import { documents } from './schema.documents.js';
import { meetingPolicy } from './schema.meeting.js';
import {
  approvalPolicy,
  calendar,
  escalationContacts,
  marginFloors,
  questions,
  slaProfile,
  tiers,
} from './schema.policy.js';
import { quality } from './schema.quality.js';
import { rollout, training } from './schema.rollout.js';
import { checklistTemplates, serviceTemplates } from './schema.templates.js';
import { variants } from './schema.variants.js';

const CURRENCY = '^[A-Z]{3}$';

const tenant = object(
  'Who the tenant is.',
  {
    id: ownUuid("The tenant's uuid (version 4 or 7, lower-case); never changes."),
    slug: slug('Short name for URLs and the command line.'),
    name: text('Display name.'),
    entraTid: foreignUuid('The Entra ID directory (tid) whose tokens belong to this tenant.'),
    timeZone: text("IANA time zone in which the tenant's dates are shown.", 60),
    currency: pattern('ISO 4217 code of the currency of every amount in this file.', CURRENCY),
    locale: pattern(
      'BCP 47 language tag for generated documents; absent means en.',
      '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$',
      35,
    ),
  },
  ['locale'],
);

const people = list(
  'The bootstrap members: natural persons, their roles and accounts.',
  object('A natural person.', {
    id: ownUuid("The person's uuid (version 4 or 7, lower-case)."),
    key: pattern('Memorable key like sofia.sales.', '^[a-z][a-z0-9-]*(\\.[a-z0-9-]+)*$', 60),
    name: text('Display name.'),
    email: pattern('Work email address.', '^[^\\s@]+@[^\\s@.]+(\\.[^\\s@.]+)+$', 254),
    roles: words('Roles that the person holds. INTEGRATOR is a role of API keys only.', MEMBER_ROLES),
    accounts: list(
      'Sign-in accounts of this one person; each belongs to one person only.',
      object(
        'One sign-in account.',
        {
          issuer: pattern("OpenID issuer URL; absent means the tenant's own directory.", '^https?://\\S+$', 300),
          oid: foreignUuid('Object id of the account in its directory.'),
        },
        ['issuer'],
      ),
      1,
      10,
    ),
  }),
  1,
  1000,
);

const anyName = { type: 'string', minLength: 1, maxLength: 200 };
const kindsBy = (description: string): JsonSchema =>
  record(description, anyName, word('The line kind.', LINE_KINDS), { maxProperties: 5000 });

const halopsa = object(
  "The tenant's own words in HaloPSA.",
  {
    defaultCurrency: pattern('ISO 4217 code to assume when an export names no currency.', CURRENCY),
    currencyNames: record(
      "ISO 4217 codes by the tenant's names for currencies.",
      anyName,
      pattern('ISO 4217 code.', CURRENCY),
      { maxProperties: 200 },
    ),
    lineKinds: object(
      'Line kinds by what a quote line carries; asked in this order, OTHER when none says.',
      {
        productCodes: kindsBy('By product code.'),
        itemGroups: kindsBy('By item group: its id (in quotes) or its name.'),
        nominalCodes: kindsBy('By nominal code (in quotes).'),
      },
      ['productCodes', 'itemGroups', 'nominalCodes'],
    ),
  },
  ['defaultCurrency', 'currencyNames', 'lineKinds'],
);

/**
 * The JSON Schema (draft-07, which every YAML editor knows) of a tenant's file. `tenants/tenant.schema.json` is
 * written from it; a test fails on drift between the two and between this and the type `TenantConfiguration`.
 * It says the shape; what needs two places of the file to judge stands in `configuration.rules.ts`.
 */
export const CONFIGURATION_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'https://countersign.example/schemas/tenant.schema.json',
  title: 'Countersign tenant configuration',
  ...object(
    'The configuration of one tenant (one MSP) as code. Amounts are integers in minor units of tenant.currency; rates are basis points.',
    {
      tenant,
      people,
      marginFloors,
      approvalPolicy,
      checklistTemplates,
      serviceTemplates,
      questions,
      tiers,
      slaProfile,
      calendar,
      escalationContacts,
      dealImport: object(
        "How deals are read from the tenant's own system; absent means the built-in reading.",
        { halopsa },
        ['halopsa'],
      ),
      acceptance,
      capacity,
      documents,
      meetingPolicy,
      quality,
      rollout,
      training,
      variants,
    },
    [
      'acceptance',
      'capacity',
      'dealImport',
      'documents',
      'meetingPolicy',
      'quality',
      'rollout',
      'training',
      'variants',
    ],
  ),
};

/** The text of `tenants/tenant.schema.json`. */
export function configurationSchemaText(): string {
  return `${JSON.stringify(CONFIGURATION_SCHEMA, null, 2)}\n`;
}
