import type { MicrosoftWorld } from '../microsoft/world.js';
import type { PowerBiDataset, PowerBiTenant } from './records.js';

/** What administrators and authors do in Power BI, beside the API. */
export class PowerBiPeople {
  constructor(private readonly world: MicrosoftWorld) {}

  /** An administrator changes tenant settings. */
  allow(tid: string, change: Partial<Omit<PowerBiTenant, 'id'>>): void {
    const { store } = this.world;
    const before = store.get('powerBiTenant', tid) ?? { id: tid, servicePrincipals: true, executeQueries: true };
    store.put('powerBiTenant', { ...before, ...change });
  }

  /** Somebody takes every application out of the workspaces, or puts these in. */
  setMembers(tid: string, members: readonly string[]): void {
    const { store } = this.world;
    for (const workspace of store.all('powerBiWorkspace'))
      if (workspace.tid === tid) store.put('powerBiWorkspace', { ...workspace, members });
  }

  /** Somebody deletes the pushed datasets with their rows. */
  deletePushed(tid: string): void {
    const { store } = this.world;
    for (const dataset of store.all('powerBiDataset')) {
      if (dataset.tid !== tid || !dataset.isPush) continue;
      for (const post of store.all('powerBiRows'))
        if (post.datasetId === dataset.id) store.drop('powerBiRows', post.id);
      store.drop('powerBiDataset', dataset.id);
    }
  }

  /** An author publishes the model anew: with other roles, or so that refreshes fail. */
  publish(tid: string, change: Partial<Pick<PowerBiDataset, 'roles' | 'refreshOutcome'>>): void {
    const { store } = this.world;
    for (const dataset of store.all('powerBiDataset'))
      if (dataset.tid === tid && !dataset.isPush) store.put('powerBiDataset', { ...dataset, ...change });
  }
}
