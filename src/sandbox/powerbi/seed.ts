import { createHash } from 'node:crypto';
import type { MicrosoftWorld } from '../microsoft/world.js';

/** What an administrator would type into the product to connect a workspace of the sandbox. */
export interface SampleWorkspace {
  readonly workspaceId: string;
  /** An imported model with row-level security, and the report on it. */
  readonly datasetId: string;
  readonly reportId: string;
}

/** Makes a directory's Power BI once: a workspace with the application as a member, an imported model, and a report. */
export function seedPowerBi(world: MicrosoftWorld, tid: string, appId: string): SampleWorkspace {
  const [workspaceId, datasetId, reportId] = ['workspace', 'model', 'report'].map((what) => guid(tid, what)) as [
    string,
    string,
    string,
  ];
  const { store } = world;
  if (!store.get('powerBiWorkspace', workspaceId)) {
    store.put('powerBiTenant', { id: tid, servicePrincipals: true, executeQueries: true });
    store.put('powerBiWorkspace', { id: workspaceId, tid, name: 'Handoffs', members: [appId], capacity: 'SHARED' });
    store.put('powerBiDataset', {
      id: datasetId,
      tid,
      workspaceId,
      name: 'Countersign',
      isPush: false,
      retention: 'None',
      tables: [],
      roles: ['TenantReader'],
      refreshOutcome: 'Completed',
    });
    store.put('powerBiReport', { id: reportId, tid, workspaceId, name: 'Countersign', datasetId });
  }
  return { workspaceId, datasetId, reportId };
}

/** Ids follow from the tenant's, so that they outlive a restart. */
function guid(tid: string, what: string): string {
  const text = createHash('sha256').update(`${tid}/powerbi/${what}`).digest('hex');
  return [
    text.slice(0, 8),
    text.slice(8, 12),
    `4${text.slice(13, 16)}`,
    `a${text.slice(17, 20)}`,
    text.slice(20, 32),
  ].join('-');
}
