import { type ConfigurationFault, duplicates, type FaultPath, listed } from './configuration.fault.js';
import type { ChecklistItem, ChecklistTemplate, ConfiguredPerson, TenantConfiguration } from './configuration.js';
import { CLOSED_WON_ITEMS, PRE_HANDOFF_ITEMS, TIERS } from './configuration.words.js';
import { actingRole, holdersOf } from './people.faults.js';

type Located = { readonly item: ChecklistItem; readonly path: FaultPath };

/**
 * Checklists: the five closed-won items in each, required in every tier and never N/A (requirement 002 step 1), the
 * pre-handoff items of document 004, and for every item a provider and another person who can verify.
 */
export function checklistFaults({
  people,
  checklistTemplates,
}: Pick<TenantConfiguration, 'people' | 'checklistTemplates'>): ConfigurationFault[] {
  return Object.entries(checklistTemplates).flatMap(([key, template]) => {
    const path = ['checklistTemplates', key];
    const items = template.items.map((item, index): Located => ({ item, path: [...path, 'items', index] }));
    const codes = items.map((located) => ({ path: [...located.path, 'code'], identity: located.item.code }));
    return [
      ...missingItems(template, [...path, 'items']),
      ...duplicates('code', codes),
      ...items.flatMap((located) => [
        ...closedWonFaults(located),
        ...contractFaults(located),
        ...evidenceFaults(located),
        ...verifierFaults(people, located),
      ]),
    ];
  });
}

const isClosedWon = (code: string): boolean => (CLOSED_WON_ITEMS as readonly string[]).includes(code);

function missingItems({ items }: ChecklistTemplate, path: FaultPath): ConfigurationFault[] {
  return [...CLOSED_WON_ITEMS, ...PRE_HANDOFF_ITEMS]
    .filter((code) => items.every((item) => item.code !== code))
    .map((code) => {
      const source = isClosedWon(code) ? 'one of the five closed-won items (002 step 1)' : 'required by document 004';
      const message = `The item ${code} is missing: it is ${source}.`;
      return { code: 'ITEM_MISSING', path, message, remedy: `Add an item with the code ${code}.` };
    });
}

function closedWonFaults({ item, path }: Located): ConfigurationFault[] {
  if (!isClosedWon(item.code)) return [];
  const free = TIERS.filter((tier) => !item.requiredFor.includes(tier));
  const faults: ConfigurationFault[] = [];
  if (free.length > 0) {
    const message = `${item.code} is not required in ${listed(free)}, yet no deal is closed-won without it.`;
    const remedy = `Require it in ${listed(TIERS)}.`;
    faults.push({ code: 'CLOSED_WON_OPTIONAL', path: [...path, 'requiredFor'], message, remedy });
  }
  if (item.allowNotApplicable) {
    const message = `${item.code} can never be N/A: where there is none, the evidence says so.`;
    const remedy = 'Set allowNotApplicable to false.';
    faults.push({ code: 'CLOSED_WON_OPTIONAL', path: [...path, 'allowNotApplicable'], message, remedy });
  }
  return faults;
}

/** Document 004: all client signers, counter-signatures and the certificate. */
function contractFaults({ item, path }: Located): ConfigurationFault[] {
  if (item.code !== 'EXECUTED_CONTRACT') return [];
  if (item.evidence.needsAllSigners && item.evidence.kinds.includes('CERTIFICATE')) return [];
  const message = 'An executed contract is proven by the e-signature certificate and all signers (document 004).';
  const remedy = 'Accept CERTIFICATE and set needsAllSigners to true.';
  return [{ code: 'EVIDENCE', path: [...path, 'evidence'], message, remedy }];
}

function evidenceFaults({ item: { evidence }, path }: Located): ConfigurationFault[] {
  const faults: ConfigurationFault[] = [];
  const fileKinds = ['DOCUMENT', 'CERTIFICATE'] as const;
  if (evidence.needsDocument && !fileKinds.some((kind) => evidence.kinds.includes(kind))) {
    const message = 'A document is needed, but no kind that is one is accepted.';
    const remedy = `Accept ${fileKinds.join(' or ')}, or set needsDocument to false.`;
    faults.push({ code: 'EVIDENCE', path: [...path, 'evidence', 'needsDocument'], message, remedy });
  }
  if (evidence.needsAllSigners && !evidence.needsSigner) {
    const message = 'All signers are needed, but no signer is.';
    faults.push({
      code: 'EVIDENCE',
      path: [...path, 'evidence', 'needsAllSigners'],
      message,
      remedy: 'Set needsSigner to true.',
    });
  }
  return faults;
}

/** Evidence is verified by someone other than its provider: whoever provides, another person must be there. */
function verifierFaults(people: readonly ConfiguredPerson[], { item, path }: Located): ConfigurationFault[] {
  const { providerRole, verifierRole } = item;
  const roleFaults = [
    ...actingRole(people, providerRole, [...path, 'providerRole']),
    ...actingRole(people, verifierRole, [...path, 'verifierRole']),
  ];
  if (roleFaults.length > 0) return roleFaults;
  const verifiers = holdersOf(people, [verifierRole]);
  const only = verifiers.length === 1 ? verifiers[0]! : null;
  if (!only?.roles.includes(providerRole)) return [];
  const message = `${only.key} is the only ${verifierRole} and also provides as ${providerRole}: nobody else could verify.`;
  const remedy = `Give another person the role ${verifierRole}, or let another role verify.`;
  return [{ code: 'NO_OTHER_VERIFIER', path: [...path, 'verifierRole'], message, remedy }];
}
