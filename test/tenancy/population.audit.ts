import { exportDataset, issueArtefact } from '../../src/artefact/report-file.commands.js';
import { ArtefactKind, DatasetFormat } from '../../src/artefact/report-file.entity.js';
import { Population } from '../../src/audit/population.js';
import { CONTROL_RUN_EFFECT, sampleOverrides } from '../../src/audit/control.commands.js';
import { exportPopulation, makeEvidencePack } from '../../src/audit/export.commands.js';
import { drawSample } from '../../src/audit/sample.commands.js';
import { systemActor } from '../../src/core/actor.js';
import { Role } from '../../src/identity/roles.js';
import type { World } from '../kit/world.js';

/** Of what has happened so far: exports of a population, a pack and a dataset, an artefact, a sample, and the control of a month. */
export async function populateAudit(world: World, month = '2026-10'): Promise<void> {
  const { clock } = world.suite;
  const start = clock.at;
  const period = { from: new Date(start.getTime() - 3_600_000), to: new Date(start.getTime() + 1) };
  clock.at = new Date(start.getTime() + 120_000);
  const auditor = await world.as(Role.AUDITOR);
  const exportId = await auditor.done(exportPopulation, { population: Population.OVERRIDES, ...period });
  const sampleId = await auditor.done(drawSample, { exportId, size: 2 });
  await auditor.done(makeEvidencePack, { sampleId });
  await auditor.done(exportDataset, { dataset: 'Handoffs', format: DatasetFormat.CSV });
  await auditor.done(issueArtefact, { kind: ArtefactKind.PROOF_BRIEF });
  await world
    .acting(systemActor(world.tenantId, CONTROL_RUN_EFFECT))
    .done(sampleOverrides, { period: month, ...period });
  clock.at = start;
}
