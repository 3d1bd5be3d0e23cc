import type { TermsLine } from '../deal/terms.rules.js';
import type { BriefSection, BriefSource, BriefStatement } from './brief.document.js';
import type { BriefFacts, DocumentFact, WrittenFact } from './brief.facts.js';

type HandoffFact = Pick<BriefFacts['handoff'], 'number' | 'owner'>;
type DealFact = Pick<BriefFacts['deal'], 'reference' | 'revision' | 'termsDigest'>;

/** A statement without personal data. */
export function statement(text: string, source: DocumentFact | BriefSource): BriefStatement {
  return {
    text,
    personal: null,
    about: null,
    source: 'title' in source ? { label: source.title, url: source.url, hash: source.hash } : source,
  };
}

/** A section of the document. */
export function sectionOf(
  key: string,
  title: string,
  whenEmpty: string,
  statements: readonly BriefStatement[],
): BriefSection {
  return { key, title, whenEmpty, statements };
}

/** What a person wrote into the handoff: the source that they named, and the handoff with the owner who answers for it. */
export function written(text: string, { source }: WrittenFact, handoff: HandoffFact): BriefStatement {
  const { label } = handoffSource(handoff);
  return statement(text, {
    label: `${source} (${label})`,
    url: /^https?:\/\/\S+$/.test(source) ? source : null,
    hash: null,
  });
}

/** What was stated in the handoff itself, by its owner's handle. */
export function handoffSource({ number, owner }: HandoffFact): BriefSource {
  return { label: `stated by ${owner} in handoff ${number}`, url: null, hash: null };
}

/** The deal as the PSA had it, with the digest of its terms. */
export function dealSource({ reference, revision, termsDigest }: DealFact): BriefSource {
  return { label: `${reference}, deal snapshot ${revision}`, url: null, hash: termsDigest };
}

/** One line of the quotation within that deal. */
export function lineSource(deal: DealFact, { position }: Pick<TermsLine, 'position'>): BriefSource {
  return { ...dealSource(deal), label: `quotation line ${position}, ${dealSource(deal).label}` };
}

/** A code in words: `OUT_OF_SCOPE` is `out of scope`. */
export function words(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}
