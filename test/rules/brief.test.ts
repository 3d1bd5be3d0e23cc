import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { type BriefDocument, statementCount } from '../../src/brief/brief.document.js';
import { briefDocx } from '../../src/brief/brief.docx.js';
import { briefMarkdown, plain, publicMarkdown, WITHHELD } from '../../src/brief/brief.markdown.js';
import { mentionsIn, sealBrief, SOMEBODY, withoutNames } from '../../src/brief/brief.personal.js';
import { composeBrief } from '../../src/brief/brief.rules.js';
import { LocalFolderStore, safeSegment } from '../../src/brief/brief.store.js';
import { briefFacts } from './brief-fixture.js';
import { moment } from './handoff.kit.js';

const edition = { version: 3, generatedAt: new Date('2026-11-23T14:00:00Z') };
const brief = composeBrief(briefFacts(), edition);
const textsOf = (document: BriefDocument, key: string): string[] =>
  document.sections.find((one) => one.key === key)!.statements.map(({ text }) => text);
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'# []()<>*_`~!|\\-+=.:/&;@$1\n\r\t w\u2028\u202e"'.split('')), maxLength: 40 }),
  fc.constantFrom(
    '# heading',
    '1. one',
    '- x',
    '=====',
    '[a](https://b.test)',
    '![i](x)',
    '<img src=x onerror=y>',
    '](https://b.test)',
    'www.b.test',
    'https://b.test',
    'mailto:a@b.test',
    '&lt;b&gt;',
    'a\n\n# b',
    '\\',
    '`c`',
    '~~~',
  ),
);
/** What one document says when a text stands in all places that people write. */
const withText = (text: string): BriefDocument => ({
  title: text,
  version: 1,
  generatedAt: '2026-11-23T14:00:00.000Z',
  sections: [
    { key: 'a', title: text, whenEmpty: text, statements: [] },
    {
      key: 'b',
      title: 'b',
      whenEmpty: '',
      statements: [{ text, personal: text, about: null, source: { label: text, url: text, hash: null } }],
    },
  ],
});
/** The text without its escaped marks: whatever is left of the marks has its meaning. */
const live = (markdown: string): string => markdown.replaceAll(/\\[!-/:-@[-`{-~]/g, 'x');

/** The address of the link that a source with this address gets. */
const linkOf = (url: string): string | undefined => {
  const source = { label: 'l', url, hash: null };
  const sections = [
    { key: 's', title: 's', whenEmpty: '', statements: [{ text: 't', personal: null, about: null, source }] },
  ];
  return /\]\((.*?)\)/.exec(briefMarkdown({ ...withText('x'), sections }))?.[1];
};

describe('the brief', () => {
  it('names the source of every statement', () => {
    const statements = brief.sections.flatMap((section) => section.statements);
    expect(statements.length).toBe(statementCount(brief));
    expect(statements.filter(({ source }) => source.label.trim() === '')).toEqual([]);
    expect(statements.find(({ text }) => text.startsWith('10 x Engineering'))!.source).toEqual({
      label: 'quotation line 1, HALOPSA 2205, deal snapshot 2',
      url: null,
      hash: 'a'.repeat(64),
    });
    expect(statements.find(({ text }) => text.startsWith('Deviation'))!.source).toEqual({
      label: 'https://example.com/mail (stated by sofia.sales in handoff H-2205)',
      url: 'https://example.com/mail',
      hash: null,
    });
    expect(briefMarkdown(brief).match(/^- .*\(source: .+\)$/gm)).toHaveLength(statements.length);
  });

  it('has every section that the requirements name, and says why one is empty', () => {
    expect(brief.sections.map(({ key }) => key)).toEqual([
      'sold',
      'scope',
      'out-of-scope',
      'commercial',
      'commitments',
      'assumptions',
      'risks',
      'dependencies',
      'acceptance',
      'timelines',
      'integrations',
      'stakeholders',
      'plan',
      'first-days',
      'budget',
      'evidence',
      'decisions',
    ]);
    const bare = composeBrief(
      briefFacts({ project: null, baseline: null, commitments: [], decisions: [], evidence: [] }),
      edition,
    );
    const empty = bare.sections.filter(({ statements }) => statements.length === 0);
    expect(empty.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['plan', 'first-days', 'budget', 'commitments', 'decisions', 'evidence']),
    );
    expect(empty.every(({ whenEmpty }) => whenEmpty.length > 10)).toBe(true);
  });

  it('says what became of what was believed, promised and feared', () => {
    expect(textsOf(brief, 'assumptions')).toEqual([
      'REFUTED: Racks are free. If false: new rack. Resolution: Order one.',
    ]);
    expect(textsOf(brief, 'commitments')).toEqual([
      'Verbal, 2026-11-03: Free training. Due 2026-12-31. Outcome: task, Training task.',
    ]);
    expect(textsOf(brief, 'risks')[0]).toBe('CRITICAL: One engineer. Mitigation: Train a second.');
    expect(textsOf(brief, 'first-days')).toEqual(['Build: due 2027-01-20.']);
    expect(textsOf(brief, 'decisions')).toEqual([
      'D-1 (blocks the kickoff): Who orders the rack? Owner dora.delivery, due 2026-12-01, escalates to liam.lead.',
    ]);
    expect(textsOf(brief, 'budget')).toEqual(['Project labour: 10 hours, sold for 1000.00 GBP.']);
    expect(textsOf(brief, 'commercial')[0]).toBe('Contract value over the agreed terms: 55000.00 GBP.');
    expect(
      textsOf(composeBrief(briefFacts({ commitments: [], nothingPromisedBy: 'sofia.sales' }), edition), 'commitments'),
    ).toEqual(['Nothing was promised beside the contract.']);
  });

  it('withholds names and contacts from those who may not see them', () => {
    const full = briefMarkdown(brief);
    const withheld = publicMarkdown(sealBrief(brief, 'brief', [], moment()).stored);
    expect(full).toContain('Ada Client, CIO, ada@acme.test');
    expect(withheld).not.toMatch(/Ada|Piet|acme\.test/);
    expect(withheld).toContain(plain(WITHHELD));
    expect(withheld.split('\n')).toHaveLength(full.split('\n').length);
  });
});

describe('its Markdown', () => {
  it('keeps its shape, whatever people wrote', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const lines = briefMarkdown(withText(text)).split('\n').map(live);
        const openings = lines.map((line) => /^(#+ |- |\*)/.exec(line)?.[0] ?? (line === '' ? '' : 'text'));
        expect(openings).toEqual(['# ', '', 'text', '', '## ', '', '*', '', '## ', '', '- ', '']);
      }),
      { numRuns: 1000 },
    );
  });

  it('lets no mark of the text come to life', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = plain(text);
        expect(shown).not.toMatch(/[\n\r\u2028\u2029\u202e]/);
        const marks = live(shown);
        expect(marks).not.toMatch(/[`*_[\]<>#|~&$\\]|:\/\/|www\.\S|mailto:|xmpp:/i);
        expect(marks).not.toMatch(/^([-+=]|\d+[.)])/);
      }),
      { numRuns: 2000 },
    );
  });

  it('links only to web addresses, and no address ends its link', () => {
    expect(linkOf('https://files.test/a(1) b.pdf')).toBe('https://files.test/a%281%29%20b.pdf');
    for (const url of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'data:text/html,x',
      'https://bank.test@evil.test/',
      'nonsense',
    ])
      expect(linkOf(url)).toBeUndefined();
    fc.assert(
      fc.property(hostile, (text) => {
        const link = linkOf(`https://files.test/${text}`);
        expect(link === undefined || /^https:\/\/files\.test\/[^\s()<>[\]]*$/.test(link)).toBe(true);
      }),
    );
  });
});

describe('names in what people wrote', () => {
  const said = 'ADA CLIENT will call; Piet will not. Her adaptable Adas stay.';
  const facts = briefFacts({ risks: [{ level: 'HIGH', text: said, source: 'mail of Ada Client', mitigation: null }] });
  const cut = withoutNames(composeBrief(facts, edition), mentionsIn(facts));
  const [risk] = cut.sections.find(({ key }) => key === 'risks')!.statements;

  it('stand in the personal part of the statement, whole, and nowhere else', () => {
    expect(risk!.text).toBe(
      `HIGH: ${SOMEBODY} will call; Piet will not. Her adaptable Adas stay. Mitigation: none recorded.`,
    );
    expect(risk!.source.label).toContain(`mail of ${SOMEBODY}`);
    expect(risk!.personal).toContain(`in full: HIGH: ${said}`);
    expect(risk!.personal).toContain('source: mail of Ada Client');
  });

  it('leave a text without names as it was', () => {
    const plainFacts = briefFacts({ stakeholders: [], commitments: [], evidence: [] });
    const document = composeBrief(plainFacts, edition);
    expect(withoutNames(document, mentionsIn(plainFacts))).toEqual(document);
  });
});

describe('its DOCX', () => {
  it('is a zip whose document says every statement, with hostile text as text', async () => {
    const hostileBrief = composeBrief(
      briefFacts({ risks: [{ level: 'HIGH', text: '<w:p>&\u0007\u202Ebad</w:p>', source: 'call', mitigation: null }] }),
      edition,
    );
    const xml = entryOf(await briefDocx(hostileBrief), 'word/document.xml');
    const text = xml
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
      .replaceAll('&apos;', "'")
      .replaceAll('&quot;', '"');
    for (const statement of hostileBrief.sections
      .flatMap((section) => section.statements)
      .filter((one) => !one.text.startsWith('HIGH'))) {
      expect(text).toContain(statement.text);
      expect(text).toContain(statement.source.label);
    }
    expect(text).toContain('HIGH: <w:p>& bad</w:p>. Mitigation: none recorded.');
    expect(xml.match(/<w:hyperlink /g)).toHaveLength(2);
  });
});

describe('the folder of documents', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'brief-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('stores a file whole, and the same again as the same', async () => {
    const store = new LocalFolderStore(join(root, 'documents'));
    const first = await store.put('t1/H-2205/brief-v1.md', Buffer.from('one'), 'text/markdown');
    expect(first).toEqual({
      location: 't1/H-2205/brief-v1.md',
      sha256: '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',
    });
    expect(await store.put('t1/H-2205/brief-v1.md', Buffer.from('one'), 'text/markdown')).toEqual(first);
    await store.put('t1/H-2205/brief-v1.md', Buffer.from('two'), 'text/markdown');
    expect(readFileSync(join(root, 'documents/t1/H-2205/brief-v1.md'), 'utf8')).toBe('two');
    expect(readdirSync(join(root, 'documents/t1/H-2205'))).toEqual(['brief-v1.md']);
  });

  it('never leaves its root', async () => {
    const store = new LocalFolderStore(join(root, 'documents'));
    for (const path of [
      '../x.md',
      'a/../../x.md',
      '/etc/x',
      'a//b',
      '',
      '.',
      'a/.hidden',
      'a/b.',
      'a\\..\\b',
      'a/con.md',
      'a/\0b',
      'a/b '.repeat(9),
    ]) {
      await expect(store.put(path, Buffer.from('x'), 'text/plain')).rejects.toThrow('no safe path');
    }
    expect(readdirSync(root)).toEqual([]);
  });

  it('makes a safe segment of any name', async () => {
    const store = new LocalFolderStore(root);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('..', 'con', 'aux.txt', 'H-2205', '.', '', '-')),
        async (name) => {
          await expect(store.put(`${safeSegment(name)}/x.md`, Buffer.from('x'), 'text/plain')).resolves.toBeDefined();
        },
      ),
    );
    expect(safeSegment('H-2205')).toBe('H-2205');
  });
});

/** One entry of a zip, by its central directory. */
function entryOf(zip: Buffer, name: string): string {
  for (let at = zip.indexOf('PK\u0001\u0002'); at >= 0; at = zip.indexOf('PK\u0001\u0002', at + 4)) {
    const length = zip.readUInt16LE(at + 28);
    if (zip.toString('utf8', at + 46, at + 46 + length) !== name) continue;
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(start, start + zip.readUInt32LE(at + 20));
    return (zip.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data)).toString('utf8');
  }
  throw new Error(`${name} is not in the zip`);
}
