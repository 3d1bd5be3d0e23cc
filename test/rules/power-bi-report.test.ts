import { Ajv } from 'ajv';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { projectFiles } from '../../src/powerbi-project/project.js';
import { readTable } from './tmdl.kit.js';

const FOLDER = resolve('powerbi');
const SCHEMAS = resolve('test/rules/samples/power-bi-project');
const ADDRESS = 'https://developer.microsoft.com/json-schemas/';
const files = projectFiles();
const json = [...files].filter(([path]) => !path.endsWith('.tmdl'));

const under = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? under(path) : [path];
  });

function schemas(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  for (const path of under(SCHEMAS).filter((name) => name.endsWith('.json'))) {
    const schema = JSON.parse(readFileSync(path, 'utf8')) as object;
    // Some carry an id that is not their address.
    ajv.addSchema({ ...schema, $id: `${ADDRESS}${relative(SCHEMAS, path).split(sep).join('/')}` });
  }
  return ajv;
}

interface VisualFile {
  readonly name: string;
  readonly position: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly visual: { readonly query: object; readonly visualContainerObjects: { readonly general: object[] } };
}

const visuals = json.flatMap(([path, text]) => {
  const page = /pages\/(\w+)\/visuals\/(\w+)\/visual\.json$/.exec(path);
  return page ? [{ page: page[1]!, folder: page[2]!, ...(JSON.parse(text) as VisualFile) }] : [];
});

describe('the files of powerbi/', () => {
  it('are as the datasets and the KPI definitions make them: else run countersign powerbi generate', () => {
    const stale = [...files]
      .filter(([path, text]) => !existsSync(join(FOLDER, path)) || readFileSync(join(FOLDER, path), 'utf8') !== text)
      .map(([path]) => path);
    expect(stale).toEqual([]);
    const present = ['Countersign.SemanticModel', 'Countersign.Report'].flatMap((name) => under(join(FOLDER, name)));
    const extra = present.map((path) => relative(FOLDER, path).split(sep).join('/')).filter((path) => !files.has(path));
    expect(extra.filter((path) => !path.includes('/.pbi/'))).toEqual([]);
  });

  it("agree with Microsoft's schemas, each with the one that it names", () => {
    const ajv = schemas();
    for (const [path, text] of json) {
      const part = JSON.parse(text) as { $schema: string };
      const validate = ajv.getSchema(part.$schema);
      expect([path, validate ? 'known' : part.$schema]).toEqual([path, 'known']);
      expect([path, validate!(part), validate!.errors ?? []]).toEqual([path, true, []]);
    }
  });

  it('would be refused with a member that the schema does not know', () => {
    const ajv = schemas();
    const [, text] = json.find(([path]) => path.endsWith('visual.json'))!;
    const part = { ...(JSON.parse(text) as { $schema: string }), colour: 'red' };
    expect(ajv.getSchema(part.$schema)!(part)).toBe(false);
  });
});

describe('the report', () => {
  const tables = [...files].filter(([path]) => path.includes('/definition/tables/')).map(([, text]) => readTable(text));
  const known = new Set(
    tables.flatMap(({ name, columns, measures }) => [
      ...[...columns.keys()].map((column) => `Column ${name}.${column}`),
      ...[...measures.keys()].map((measure) => `Measure ${name}.${measure}`),
    ]),
  );

  it('shows only what the model has', () => {
    const named = json.flatMap(([path, text]) =>
      [
        ...text.matchAll(
          /"(Column|Measure)": \{\s*"Expression": \{\s*"SourceRef": \{\s*"Entity": "([^"]+)"\s*\}\s*\},\s*"Property": "([^"]+)"/g,
        ),
      ].map(([, kind, table, name]) => ({ path, field: `${kind} ${table}.${name}` })),
    );
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter(({ field }) => !known.has(field))).toEqual([]);
  });

  it('has the seven pages that the dashboard needs, the last two reached from a figure', () => {
    const pages = JSON.parse(files.get('Countersign.Report/definition/pages/pages.json')!) as { pageOrder: string[] };
    expect(pages.pageOrder).toEqual([
      'weekly',
      'trend',
      'funnel',
      'stalled',
      'exceptions',
      'margin',
      'cases',
      'handoff',
    ]);
    const hidden = pages.pageOrder.filter((page) =>
      files.get(`Countersign.Report/definition/pages/${page}/page.json`)!.includes('"Drillthrough"'),
    );
    expect(hidden).toEqual(['cases', 'handoff']);
  });

  it('names owners on the weekly page', () => {
    const owners = visuals.find(({ page, name }) => page === 'weekly' && name === 'owners')!;
    expect(JSON.stringify(owners.visual.query)).toContain('"People.Name"');
  });

  it('puts visuals side by side within the page, each with a text for who does not see it', () => {
    for (const one of visuals) {
      const { x, y, width, height } = one.position;
      expect([one.page, one.name, one.folder]).toEqual([one.page, one.folder, one.name]);
      expect([one.page, one.name, x >= 0 && y >= 0 && x + width <= 1280 && y + height <= 720]).toEqual([
        one.page,
        one.name,
        true,
      ]);
      expect(JSON.stringify(one.visual.visualContainerObjects.general)).toMatch(/altText.*'[^']{10,}/);
      const over = visuals.filter(
        ({ page, name, position: other }) =>
          page === one.page &&
          name !== one.name &&
          x < other.x + other.width &&
          other.x < x + width &&
          y < other.y + other.height &&
          other.y < y + height,
      );
      expect([one.page, one.name, over.map(({ name }) => name)]).toEqual([one.page, one.name, []]);
    }
  });
});
