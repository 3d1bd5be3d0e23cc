import fc from 'fast-check';
import { briefMarkdown, publicMarkdown } from '../../src/brief/brief.markdown.js';
import { DOCUMENT_KINDS, DOCUMENT_PARTS, type DocumentTemplate } from '../../src/catalogue/configuration.documents.js';
import { documentFaults } from '../../src/catalogue/documents.faults.js';
import { documentTemplate, templateFindings } from '../../src/catalogue/documents.rules.js';
import type { DocumentFacts } from '../../src/document/document.facts.js';
import { composeDocument, outdatedBy, withheld } from '../../src/document/document.rules.js';
import { briefFacts } from './brief-fixture.js';

const HASH = 'a'.repeat(64);
const AT = new Date('2026-11-20T12:00:00Z');

function facts(parts: Partial<DocumentFacts> = {}): DocumentFacts {
  return {
    brief: briefFacts(),
    briefSources: [{ type: 'CONFIGURATION', id: 'c', version: '1', hash: HASH }],
    meeting: {
      id: 'm',
      heldOn: '2026-11-19',
      present: ['sofia.sales'],
      absent: [],
      recordedBy: 'sofia.sales',
      notes: 'Priya wants it quiet.',
      recordingUrl: null,
      segments: [{ label: 'Scope', found: 'gone through, 4 questions answered', remark: null }],
      checks: [{ label: 'Risks', found: 'no', remark: 'Ask Priya' }],
      digest: HASH,
    },
    actions: [{ number: 'A-1', text: 'Send the plan.', owner: 'dora.delivery', dueOn: '2026-12-01', state: 'OPEN' }],
    introduction: {
      handoffId: 'h',
      state: 'DRAFT',
      templateVersion: 1,
      textSha256: HASH,
      text: 'Meet Dora: Hello Ada',
      approvedBy: null,
      threadUrl: null,
      gaps: [],
    },
    ...parts,
  };
}

/** A handoff in which nothing was recorded. */
const EMPTY = facts({
  brief: briefFacts({
    statements: [],
    assumptions: [],
    risks: [],
    stakeholders: [],
    commitments: [],
    nothingPromisedBy: null,
    decisions: [],
    evidence: [],
    project: null,
    baseline: null,
  }),
  meeting: null,
  actions: [],
});

const template = (more: Partial<DocumentTemplate> = {}): DocumentTemplate => ({
  version: 'v2.3',
  date: '2026-01-15',
  sections: [{ part: 'risks' }],
  changes: [{ version: 'v2.3', date: '2026-01-15', author: 'rory.revops', text: 'Risks alone.' }],
  ...more,
});

const templates = fc
  .uniqueArray(
    fc.record({
      part: fc.constantFrom(...DOCUMENT_PARTS),
      heading: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
      intro: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    }),
    { selector: ({ part }) => part, minLength: 1 },
  )
  .map((sections) => ({
    ...template(),
    title: 'Document',
    sections: sections.map(({ part, heading, intro }) => ({
      part,
      ...(heading === undefined ? {} : { heading }),
      ...(intro === undefined ? {} : { intro }),
    })),
  }));

describe('a document', () => {
  it('has no blank section, a source for every statement, and the same digest for the same data', () => {
    fc.assert(
      fc.property(templates, fc.boolean(), (one, isEmpty) => {
        const ground = isEmpty ? EMPTY : facts();
        const first = composeDocument(ground, one, { number: 1, at: AT });
        const again = composeDocument(ground, one, { number: 2, at: new Date(AT.getTime() + 1) });
        expect(first.document.sections.map(({ key }) => key)).toEqual(one.sections.map(({ part }) => part));
        for (const { statements, whenEmpty } of first.document.sections) {
          expect(whenEmpty).toMatch(/^N\/A: \S/);
          for (const { source } of statements) expect(source.label).not.toBe('');
        }
        expect(again.contentSha256).toBe(first.contentSha256);
        expect(again.sectionDigests).toEqual(first.sectionDigests);
      }),
    );
  });

  it.each(DOCUMENT_KINDS.map((kind) => ({ kind })))('$kind of an empty handoff names what is missing', ({ kind }) => {
    const { document, missing } = composeDocument(EMPTY, documentTemplate({}, kind), { number: 1, at: AT });
    const text = briefMarkdown(document);
    for (const title of missing) expect(text).toContain(`## ${title}`);
    expect(text).toContain('N/A');
    expect(missing.length > 0).toBe(kind !== 'INTRODUCTION_EMAIL');
  });

  it('keeps names out of the text that is hashed, and shows what the meeting found', () => {
    const { document } = composeDocument(facts(), documentTemplate({}, 'MEETING_NOTES'), { number: 1, at: AT });
    expect(publicMarkdown(withheld(document))).not.toContain('Priya');
    expect(briefMarkdown(document)).toContain('Priya wants it quiet.');
    expect(briefMarkdown(document)).toContain('A-1');
    expect(briefMarkdown(document)).toContain('Recording: N/A.');
  });

  it('never holds the text of the introduction', () => {
    const { document, sources } = composeDocument(facts(), documentTemplate({}, 'INTRODUCTION_EMAIL'), {
      number: 1,
      at: AT,
    });
    expect(briefMarkdown(document)).not.toContain('Hello Ada');
    expect(sources.at(-1)).toMatchObject({ type: 'INTRODUCTION', hash: HASH });
  });
});

describe('an issue', () => {
  const named = { ...template(), title: 'Risks' };
  const { sectionDigests } = composeDocument(facts(), named, { number: 1, at: AT });
  const issue = { templateVersion: 'v2.3', issuedOn: '2026-11-20', handedOverOn: '2026-11-27', sectionDigests };

  it('is current for seven days while nothing changes', () => {
    expect(outdatedBy(issue, { sectionDigests }, named, 7)).toEqual([]);
  });

  it('is outdated by age, data, template and erasure, each said', () => {
    expect(outdatedBy({ ...issue, handedOverOn: '2026-11-28' }, { sectionDigests }, named, 7)).toEqual([
      'It is 8 days old; 7 are current.',
    ]);
    const changed = composeDocument(facts({ brief: briefFacts({ risks: [] }) }), named, { number: 2, at: AT });
    expect(outdatedBy(issue, changed, named, 7)).toEqual(['Changed since: Risk flags.']);
    expect(outdatedBy({ ...issue, templateVersion: 'v2.2' }, { sectionDigests }, named, 7)).toEqual([
      'The template is in version v2.3 now; it was issued by v2.2.',
    ]);
    expect(outdatedBy({ ...issue, sectionDigests: null }, { sectionDigests }, named, 7)).toHaveLength(1);
  });
});

describe('templates in the configuration', () => {
  const own = (one: DocumentTemplate) => ({ documents: { templates: { RISK_REGISTER: one } } });

  it('a version that ruled keeps its content; a new version may have another', () => {
    const edited = template({ sections: [{ part: 'risks' }, { part: 'assumptions' }] });
    expect(templateFindings(own(template()), own(template()))).toEqual([]);
    expect(templateFindings(own(template()), own(edited)).map(({ code }) => code)).toEqual(['TEMPLATE_VERSION_USED']);
    expect(templateFindings(own(template()), own({ ...edited, version: 'v2.4' }))).toEqual([]);
    expect(templateFindings({}, own(template({ version: 'v1.0' })))).toHaveLength(1);
  });

  it.each([
    { code: 'TEMPLATE_CHANGE_MISSING', one: template({ version: 'v2.4' }) },
    { code: 'TEMPLATE_DATE', one: template({ date: '2026-01-16' }) },
    { code: 'DUPLICATE', one: template({ sections: [{ part: 'risks' }, { part: 'risks' }] }) },
    {
      code: 'IMPOSSIBLE_DATE',
      one: template({
        changes: [...template().changes, { ...template().changes[0]!, version: 'v2.2', date: '2025-02-30' }],
      }),
    },
  ])('$code', ({ code, one }) => {
    expect(documentFaults(own(one)).map((fault) => fault.code)).toEqual([code]);
  });
});
