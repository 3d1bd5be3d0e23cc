import { PAGES } from './report.pages.js';
import type { Page } from './report.parts.js';
import { type FieldOf, fieldExpression, visualJson } from './report.visuals.js';
import { stableId } from './tmdl.js';

const SCHEMAS = 'https://developer.microsoft.com/json-schemas/fabric/item/report/definition';

/** JSON as every part of the project has it: two spaces, a line feed at the end, no byte order mark. */
export const jsonFile = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** The files of the report (PBIR), by their path inside `definition/`. */
export function reportFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['version.json', jsonFile({ $schema: `${SCHEMAS}/versionMetadata/1.0.0/schema.json`, version: '2.0.0' })],
    ['report.json', jsonFile(REPORT)],
    [
      'pages/pages.json',
      jsonFile({
        $schema: `${SCHEMAS}/pagesMetadata/1.1.0/schema.json`,
        pageOrder: PAGES.map(({ name }) => name),
        activePageName: PAGES[0]!.name,
      }),
    ],
    ...PAGES.flatMap((page) => [
      [`pages/${page.name}/page.json`, jsonFile(pageJson(page))] as const,
      ...page.visuals.map(
        (visual, order) =>
          [`pages/${page.name}/visuals/${visual.name}/visual.json`, jsonFile(visualJson(visual, order))] as const,
      ),
    ]),
  ]);
}

const REPORT = {
  $schema: `${SCHEMAS}/report/3.3.0/schema.json`,
  themeCollection: {
    baseTheme: {
      name: 'CY24SU10',
      reportVersionAtImport: { visual: '1.8.95', report: '2.0.95', page: '1.3.95' },
      type: 'SharedResources',
    },
  },
  settings: { useStylableVisualContainerHeader: true },
};

function pageJson({ name, title, drillThrough }: Page): object {
  return {
    $schema: `${SCHEMAS}/page/2.1.0/schema.json`,
    name,
    displayName: title,
    displayOption: 'FitToPage',
    height: 720,
    width: 1280,
    ...(drillThrough && drillThroughOf(name, drillThrough)),
  };
}

/** The page takes the filters of the visual that a reader came from, on these fields. */
function drillThroughOf(page: string, fields: readonly FieldOf[]): object {
  const named = fields.map((field) => ({
    field,
    id: stableId(`${page} ${field.table}.${field.name}`).replaceAll('-', '').slice(0, 20),
  }));
  return {
    filterConfig: {
      filters: named.map(({ field, id }) => ({
        name: `filter${id}`,
        field: fieldExpression(field),
        type: 'Categorical',
        howCreated: 'Drillthrough',
      })),
    },
    pageBinding: {
      name: `binding_${page}`,
      type: 'Drillthrough',
      parameters: named.map(({ field, id }) => ({
        name: `parameter${id}`,
        boundFilter: `filter${id}`,
        fieldExpr: fieldExpression(field),
      })),
    },
    type: 'Drillthrough',
    visibility: 'HiddenInViewMode',
  };
}
