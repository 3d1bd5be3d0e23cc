import { capacityFaults } from './capacity.faults.js';
import { checklistFaults } from './checklist.faults.js';
import { calendarFaults, escalationFaults, slaFaults } from './clock.faults.js';
import type { ConfigurationFault } from './configuration.fault.js';
import type { TenantConfiguration } from './configuration.js';
import { documentFaults } from './documents.faults.js';
import { meetingFaults } from './meeting.faults.js';
import { dealImportFaults, peopleFaults, tenantFaults } from './people.faults.js';
import { approvalFaults } from './approval.faults.js';
import { floorFaults } from './policy.faults.js';
import { qualityFaults } from './quality.faults.js';
import { rolloutFaults, trainingFaults } from './rollout.faults.js';
import { serviceFaults } from './service.faults.js';
import { questionFaults, tierFaults } from './tier.faults.js';
import { variantFaults } from './variants.faults.js';

/** A rule and the parts of the file that it reads. */
interface ConfigurationRule {
  readonly reads: readonly (keyof TenantConfiguration)[];
  readonly faults: (configuration: TenantConfiguration) => ConfigurationFault[];
}

const RULES: readonly ConfigurationRule[] = [
  { reads: ['tenant'], faults: tenantFaults },
  { reads: ['people'], faults: peopleFaults },
  { reads: ['marginFloors', 'serviceTemplates'], faults: floorFaults },
  { reads: ['people', 'approvalPolicy', 'tenant'], faults: approvalFaults },
  { reads: ['people', 'checklistTemplates'], faults: checklistFaults },
  { reads: ['people', 'serviceTemplates', 'questions'], faults: serviceFaults },
  { reads: ['questions'], faults: questionFaults },
  { reads: ['tiers', 'checklistTemplates', 'serviceTemplates'], faults: tierFaults },
  { reads: ['slaProfile'], faults: slaFaults },
  { reads: ['calendar'], faults: calendarFaults },
  { reads: ['people', 'escalationContacts'], faults: escalationFaults },
  { reads: ['dealImport'], faults: dealImportFaults },
  { reads: ['people', 'capacity'], faults: capacityFaults },
  { reads: ['documents'], faults: documentFaults },
  { reads: ['meetingPolicy'], faults: meetingFaults },
  { reads: ['people', 'quality'], faults: qualityFaults },
  { reads: ['rollout'], faults: rolloutFaults },
  { reads: ['people', 'training'], faults: trainingFaults },
  { reads: ['variants', 'checklistTemplates', 'serviceTemplates', 'tiers'], faults: variantFaults },
];

/**
 * Everything that the JSON Schema cannot say: references, circles, quorums, dates, completeness. Rules that read a
 * broken part (a field is missing there, or has another type) are skipped; `*` breaks all. Values may still be words
 * or numbers outside their bounds, and every rule bears that.
 */
export function ruleFaults(data: unknown, broken: ReadonlySet<string>): ConfigurationFault[] {
  if (broken.has('*')) return [];
  const configuration = data as TenantConfiguration;
  return RULES.filter(({ reads }) => reads.every((part) => !broken.has(part))).flatMap(({ faults }) =>
    faults(configuration),
  );
}
