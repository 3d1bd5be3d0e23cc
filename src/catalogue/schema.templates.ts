import {
  ANY,
  DEAL_TYPES,
  EVIDENCE_KINDS,
  LINE_KINDS,
  MEMBER_ROLES,
  REOPEN_CAUSES,
  TIERS,
} from './configuration.words.js';
import {
  flag,
  integer,
  type JsonSchema,
  list,
  object,
  pattern,
  record,
  slug,
  text,
  word,
  words,
} from './schema.parts.js';

const evidence = object('What a piece of evidence must consist of.', {
  kinds: words(
    'Accepted forms: DOCUMENT (linked file with hash), CERTIFICATE (e-signature certificate), RECORD (id in another system), STATEMENT (typed text).',
    EVIDENCE_KINDS,
  ),
  needsDocument: flag('A document link with its content hash is obligatory.'),
  needsSigner: flag('The name of a signer and the date of signature are obligatory.'),
  needsAllSigners: flag('Every signer named in the contract must have signed (document 004).'),
});

const checklistItem = object('One thing that must be proven.', {
  code: pattern('Code like SIGNED_SCOPE, unique in its checklist.', '^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$', 60),
  label: text('Short display name.'),
  description: text('What exactly must be proven.', 1000),
  requiredFor: words('Tiers in which it is required; in others it is optional.', TIERS, 0),
  weight: integer('Weight in the completeness percentage.', 1, 100),
  providerRole: word('The role that provides the evidence.', MEMBER_ROLES),
  verifierRole: word('The role that verifies it; always another person than the provider.', MEMBER_ROLES),
  validityDays: {
    type: ['integer', 'null'],
    description: 'Days that verified evidence stays valid (information: 7); null: without end (an executed contract).',
    minimum: 1,
    maximum: 3650,
  },
  allowNotApplicable: flag('Whether N/A may be claimed with a reason; never for the five closed-won items.'),
  evidence,
  reopensOn: words('Changes that reopen the item at once: the signed scope, the quote.', REOPEN_CAUSES, 0),
});

/** The checklists by key. */
export const checklistTemplates: JsonSchema = record(
  'Checklists by key. Each holds the five closed-won items (002 step 1) and the pre-handoff items of document 004.',
  slug('Key of the checklist.'),
  object('A checklist.', {
    label: text('Display name.'),
    items: list('The items in display order.', checklistItem, 1, 100),
  }),
);

const offset = (description: string): JsonSchema => integer(description, 0, 1000);

const condition = object('The task exists only when the answer to the question equals the value.', {
  question: slug('Key of a question.'),
  equals: {
    type: ['boolean', 'string'],
    description: 'true or false for a BOOLEAN question, the value of an option for a CHOICE.',
    maxLength: 60,
  },
});

const task = object(
  'One task with owner, deadline and dependency chain (document 003).',
  {
    key: slug('Key, unique in the pack.'),
    title: text('Short display name.'),
    description: text('What is to be done.', 1000),
    ownerRole: word('The role that owns it until a person is assigned.', MEMBER_ROLES),
    milestone: slug("Key of the service template's milestone that it belongs to."),
    offsetBusinessDays: offset("Deadline in business days from the project's start; 0 is the start day itself."),
    dependsOn: list('Keys of tasks of this pack that must be done before.', slug('Key of a task.'), 0, 50),
    estimateHours: pattern(
      "Effort in hours, a decimal in quotes with at most two decimals, like '1.5'.",
      '^(0|[1-9]\\d{0,4})(\\.\\d{1,2})?$',
      10,
    ),
    budgetType: slug('Key of the budget type that its hours are charged to.'),
    when: condition,
  },
  ['when'],
);

const taskPack = object('The tasks that a won deal brings.', {
  key: slug('Key, unique in the file.'),
  version: pattern("Version of the pack in quotes, like '1.2'.", '^\\d+\\.\\d+(\\.\\d+)?$', 20),
  tasks: list('The tasks; the six of document 003 are among them.', task, 1, 300),
});

const budgetType = object('One bucket of the budget baseline.', {
  key: slug('Key, unique in the service template.'),
  label: text('Display name.'),
  lineKinds: words('Quote lines of these kinds fall into it; every kind belongs to exactly one bucket.', LINE_KINDS),
});

const milestone = object("One milestone, in business days from the project's start.", {
  key: slug('Key, unique in the service template.'),
  name: text('Display name.'),
  startOffsetBusinessDays: offset('Business days from the start of the project to the first day of the milestone.'),
  durationBusinessDays: integer('Length in business days, first and last included.', 1, 1000),
});

/** The service templates by key. */
export const serviceTemplates: JsonSchema = record(
  'Services that the tenant delivers, by key.',
  slug('Key of the service template.'),
  object('A service: how its budget is cut, its milestones and tasks.', {
    label: text('Display name.'),
    dealTypes: words('Deal types in which it is sold.', DEAL_TYPES),
    budgetTypes: list('The cut of the budget baseline.', budgetType, 1, 50),
    milestones: list('Milestones in display order.', milestone, 1, 100),
    taskPacks: record(
      "Task packs by deal type; '*' serves the deal types without an own one.",
      { type: 'string', enum: [...DEAL_TYPES, ANY] },
      taskPack,
    ),
  }),
);
