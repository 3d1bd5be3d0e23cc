import { SMALL } from './shapes.lists.js';
import { QUOTATION, QUOTATION_LINE } from './shapes.quotations.js';
import { ACTION, APPROVAL, TICKET } from './shapes.tickets.js';

/**
 * The records of HaloPSA's API as far as this simulator knows them: our own transcription of the field names and types
 * that the connector facts state (sections 3.2 to 3.4), a small part of the vendor's. A field that stands here exists;
 * any other is dropped in silence, as the vendor does. The contract test compares every line with the vendor's OpenAPI
 * where a copy of that is at hand.
 */

/** How a field is typed: a name of a shape in brackets is a list of such records; `objects` is any list. */
export type FieldKind = 'int' | 'number' | 'text' | 'flag' | 'time' | 'uuid' | 'any' | 'objects' | readonly [ShapeName];

/** The fields of one kind of record. */
export type Shape = Readonly<Record<string, FieldKind>>;

/** Every shape by its name. */
export const SHAPES = {
  Ticket: TICKET,
  Action: ACTION,
  Approval: APPROVAL,
  Quotation: QUOTATION,
  QuotationLine: QUOTATION_LINE,
  ...SMALL,
} as const;

/** The name of a shape. */
export type ShapeName =
  | 'Ticket'
  | 'Action'
  | 'Approval'
  | 'Quotation'
  | 'QuotationLine'
  | 'Budget'
  | 'Milestone'
  | 'MilestoneDependency'
  | 'MilestoneTicket'
  | 'DateDependency'
  | 'ToDo'
  | 'CustomField'
  | 'ApprovalProcess'
  | 'Status'
  | 'TicketType'
  | 'Outcome'
  | 'Client'
  | 'Site'
  | 'User'
  | 'Agent'
  | 'BudgetType'
  | 'FieldInfo'
  | 'Template'
  | 'Webhook'
  | 'WebhookTrigger'
  | 'WebhookEvent';

/** What the vendor's OpenAPI calls a shape. */
export const VENDOR_NAMES: Readonly<Record<ShapeName, string>> = {
  Ticket: 'Faults',
  Action: 'Actions',
  Approval: 'FaultApproval',
  Quotation: 'QuotationHeader',
  QuotationLine: 'QuotationDetail',
  Budget: 'FaultBudget',
  Milestone: 'MileStone',
  MilestoneDependency: 'MileStoneDependency',
  MilestoneTicket: 'FaultsMileStone',
  DateDependency: 'FaultsDateDependencies',
  ToDo: 'FaultToDo',
  CustomField: 'CustomField',
  ApprovalProcess: 'ApprovalProcess',
  Status: 'TStatus',
  TicketType: 'RequestType',
  Outcome: 'TOutcome',
  Client: 'Area',
  Site: 'Site',
  User: 'Users',
  Agent: 'Uname',
  BudgetType: 'BudgetType',
  FieldInfo: 'FieldInfo',
  Template: 'StdRequest',
  Webhook: 'Webhook',
  WebhookTrigger: 'UnameNotification',
  WebhookEvent: 'WebhookEvent',
};

/** The fields of a shape. */
export function shapeOf(name: ShapeName): Shape {
  return SHAPES[name];
}
