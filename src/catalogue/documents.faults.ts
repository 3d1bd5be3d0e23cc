import { DOCUMENT_KINDS, type DocumentTemplate } from './configuration.documents.js';
import { type ConfigurationFault, duplicates, type FaultPath } from './configuration.fault.js';
import type { TenantConfiguration } from './configuration.js';
import { dateFaults } from './policy.faults.js';

/** The templates: each part once, each version once, the newest version with its entry in the change log. */
export function documentFaults({ documents }: Pick<TenantConfiguration, 'documents'>): ConfigurationFault[] {
  return DOCUMENT_KINDS.flatMap((kind) => {
    const template = documents?.templates?.[kind];
    return template ? templateFaults(template, ['documents', 'templates', kind]) : [];
  });
}

function templateFaults({ version, date, sections, changes }: DocumentTemplate, path: FaultPath): ConfigurationFault[] {
  const faults = [
    ...duplicates(
      'part',
      sections.map(({ part }, index) => ({ path: [...path, 'sections', index, 'part'], identity: part })),
    ),
    ...duplicates(
      'version',
      changes.map((change, index) => ({ path: [...path, 'changes', index, 'version'], identity: change.version })),
    ),
  ];
  const entry = changes.find((change) => change.version === version);
  if (!entry) {
    faults.push({
      code: 'TEMPLATE_CHANGE_MISSING',
      path: [...path, 'changes'],
      message: `The change log does not say what version ${version} changed.`,
      remedy: `Add an entry for ${version} with date, author and text.`,
    });
  } else if (entry.date !== date) {
    faults.push({
      code: 'TEMPLATE_DATE',
      path: [...path, 'date'],
      message: `Version ${version} is dated ${date}, and ${entry.date} in its change log.`,
      remedy: 'Give both the same date.',
    });
  }
  const days = changes.flatMap((change, index) => dateFaults(change.date, [...path, 'changes', index, 'date']));
  return [...faults, ...dateFaults(date, [...path, 'date']), ...days];
}
