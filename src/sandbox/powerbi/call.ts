import type { Answer, Exchange } from '../microsoft/exchange.js';
import type { RequestSchema } from '../microsoft/request-schema.js';
import type { MicrosoftWorld, Token } from '../microsoft/world.js';
import type { PowerBiDataset, PowerBiTable, PowerBiWorkspace } from './records.js';
import { entityNotFound, invalidRequest } from './refusal.js';

/** One call of Power BI's REST interface, its token checked and its body conforming. */
export interface PowerBiCall {
  readonly world: MicrosoftWorld;
  readonly exchange: Exchange;
  readonly caller: Token;
  /** The application, or its profile where the call names one: whoever is a member of workspaces. */
  readonly member: string;
  readonly isProfile: boolean;
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** One call that is simulated; everything else answers 501. */
export interface PowerBiRoute {
  /** As the log and the faults name it. */
  readonly operation: string;
  readonly method: string;
  /** Path below `/v1.0/myorg`; `:name` stands for one segment. */
  readonly path: string;
  readonly schema?: RequestSchema;
  readonly run: (call: PowerBiCall) => Answer | Promise<Answer>;
}

/** The workspace of the path; 404 for one that does not exist or that the caller may not see. */
export function workspaceOf({ world, caller, member, params }: PowerBiCall): PowerBiWorkspace {
  const workspace = world.store.get('powerBiWorkspace', params.group!.toLowerCase());
  if (!workspace || workspace.tid !== caller.tid || !workspace.members.includes(member)) throw entityNotFound();
  return workspace;
}

/** The model of the path, in its workspace. */
export function datasetOf(call: PowerBiCall): PowerBiDataset {
  const workspace = workspaceOf(call);
  const dataset = call.world.store.get('powerBiDataset', call.params.dataset!.toLowerCase());
  if (!dataset || dataset.workspaceId !== workspace.id) throw entityNotFound();
  return dataset;
}

/** A table of a push dataset; rows go nowhere else. */
export function tableOf(call: PowerBiCall): { dataset: PowerBiDataset; table: PowerBiTable } {
  const dataset = datasetOf(call);
  if (!dataset.isPush) throw invalidRequest('The dataset is no push dataset.');
  if (call.isProfile) throw invalidRequest('Push datasets are not supported for service principal profiles.');
  const table = dataset.tables.find(({ name }) => name === call.params.table);
  if (!table) throw entityNotFound();
  return { dataset, table };
}
