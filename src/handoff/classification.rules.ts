import type { RuledConfiguration } from '../catalogue/configuration.js';
import { configurationSource, type ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { chooseTier, serviceTemplateOf } from '../catalogue/selection.rules.js';
import { type Finding, finding } from '../core/finding.js';
import type { SourceReference } from '../core/source.js';
import { type DealSnapshot, snapshotSource } from '../deal/deal.entity.js';
import { contractValue, type NormalisedTerms } from '../deal/terms.rules.js';
import { type DealType, Tier } from './handoff.entity.js';
import { governedDigest } from './handoff.rules.js';

/** What kind of work a handoff is: service template, deal type and the client's segment. */
export interface Classification {
  readonly serviceTemplate: string;
  readonly dealType: DealType;
  readonly segment: string | null;
}

/** What a classification is judged by: the ruling configuration and the adopted snapshot with its terms. */
export interface ClassificationGround {
  readonly configuration: RuledConfiguration;
  readonly configurationVersion: ConfigurationVersion;
  readonly snapshot: Pick<DealSnapshot, 'id' | 'revision' | 'termsDigest'>;
  readonly terms: NormalisedTerms;
}

/** What follows from a classification: the fields of the handoff that nobody types. */
export interface Classified {
  readonly tier: Tier;
  readonly tierSources: SourceReference[];
  readonly checklistTemplate: string;
  readonly termsDigest: string;
}

/** A finding when the tenant has no such service template, or does not sell it in this deal type. */
export function classificationFindings(
  configuration: Pick<RuledConfiguration, 'serviceTemplates'>,
  { serviceTemplate, dealType }: Pick<Classification, 'serviceTemplate' | 'dealType'>,
): Finding[] {
  const template = serviceTemplateOf(configuration, serviceTemplate);
  if (!template) {
    const valid = Object.keys(configuration.serviceTemplates);
    return [
      finding({
        code: 'UNKNOWN_SERVICE_TEMPLATE',
        path: 'serviceTemplate',
        message: `There is no service template ${serviceTemplate}.`,
        facts: { serviceTemplate, valid },
        remedy: `Choose one of: ${valid.join(', ')}.`,
      }),
    ];
  }
  if (template.dealTypes.includes(plain(dealType))) return [];
  return [
    finding({
      code: 'DEAL_TYPE_NOT_SOLD',
      path: 'dealType',
      message: `${serviceTemplate} is not sold as ${dealType}.`,
      facts: { serviceTemplate, dealType, valid: template.dealTypes },
      remedy: `Choose one of: ${template.dealTypes.join(', ')}; or another service template.`,
    }),
  ];
}

/**
 * Chooses the tier by the tenant's rules from deal type, contract value and segment (design 1), with its sources, and
 * digests the governed terms. A value in another currency than the tenant's is unknown to the rules: nothing converts.
 */
export function classified(ground: ClassificationGround, classification: Classification): Classified {
  const { configuration, configurationVersion, snapshot, terms } = ground;
  const { serviceTemplate, dealType, segment } = classification;
  const known = terms.currency === configuration.tenant.currency;
  const valueMinor = known ? contractValue(terms.lines).revenueMinor : null;
  const { tier, checklistTemplate } = chooseTier(configuration, { dealType: plain(dealType), valueMinor, segment });
  return {
    tier: Tier[tier],
    tierSources: [configurationSource(configurationVersion), snapshotSource(snapshot)],
    checklistTemplate,
    termsDigest: governedDigest({ dealTermsDigest: snapshot.termsDigest, serviceTemplate, dealType }),
  };
}

/** The enumeration's member as the catalogue's word: the same text. */
function plain(dealType: DealType): `${DealType}` {
  return dealType;
}
