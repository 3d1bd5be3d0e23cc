import { escape } from '../microsoft/card-html.js';
import type { MicrosoftWorld } from '../microsoft/world.js';
import { rowsIn } from './push.js';
import type { PowerBiDataset, PowerBiWorkspace } from './records.js';

const SHOWN = 10;

/** What stands in a directory's workspaces: models with their rows, refreshes, and how many embed tokens were given out. */
export function powerBiSection(world: MicrosoftWorld, tid: string): string {
  const workspaces = world.store.all('powerBiWorkspace').filter((workspace) => workspace.tid === tid);
  const tokens = world.store.all('powerBiEmbed').filter((token) => token.tid === tid).length;
  const embedded = tokens > 0 ? `<p class="meta">Embed tokens given out: ${tokens}</p>` : '';
  return `<h3>Power BI</h3>${workspaces.map((workspace) => workspaceHtml(world, workspace)).join('')}${embedded}`;
}

function workspaceHtml(world: MicrosoftWorld, { id, name, capacity }: PowerBiWorkspace): string {
  const datasets = world.store.all('powerBiDataset').filter(({ workspaceId }) => workspaceId === id);
  const meta = `${escape(capacity.toLowerCase())} capacity`;
  return `<h4>${escape(name)} <span class="meta">${meta}</span></h4>${datasets.map((dataset) => datasetHtml(world, dataset)).join('')}`;
}

function datasetHtml(world: MicrosoftWorld, dataset: PowerBiDataset): string {
  const title = `<p><strong>${escape(dataset.name)}</strong> <span class="meta">${dataset.isPush ? 'pushed' : 'imported'}</span></p>`;
  return `${title}${dataset.isPush ? tables(world, dataset) : refreshes(world, dataset)}`;
}

function tables(world: MicrosoftWorld, { id, tables: all }: PowerBiDataset): string {
  const lines = all.map(({ name }) => `<tr><td>${escape(name)}</td><td>${rowsIn(world, id, name)}</td></tr>`);
  return `<table><tr><th>Table</th><th>Rows</th></tr>${lines.join('')}</table>`;
}

function refreshes(world: MicrosoftWorld, { id }: PowerBiDataset): string {
  const now = world.now();
  const last = world.store
    .all('powerBiRefresh')
    .filter(({ datasetId }) => datasetId === id)
    .slice(-SHOWN)
    .map(({ startTime, endTime, outcome }) => {
      const state = new Date(endTime) <= now ? outcome : 'running';
      return `<li><time>${escape(startTime)}</time> ${escape(state)}</li>`;
    });
  return last.length > 0 ? `<ul>${last.join('')}</ul>` : '<p class="meta">Never refreshed.</p>';
}
