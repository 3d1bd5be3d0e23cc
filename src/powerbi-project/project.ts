import { modelFiles } from './model.js';
import { jsonFile, reportFiles } from './report.js';
import { stableId } from './tmdl.js';

const SCHEMAS = 'https://developer.microsoft.com/json-schemas/fabric';
const MODEL = 'Countersign.SemanticModel';
const REPORT = 'Countersign.Report';

const platform = (type: 'SemanticModel' | 'Report'): object => ({
  $schema: `${SCHEMAS}/gitIntegration/platformProperties/2.0.0/schema.json`,
  metadata: { type, displayName: 'Countersign' },
  config: { version: '2.0', logicalId: stableId(`platform ${type}`) },
});

/**
 * Every generated file of `powerbi/` by its path there: the project that Power BI Desktop opens (PBIP with TMDL and
 * PBIR; learn.microsoft.com/power-bi/developer/projects/projects-overview).
 */
export function projectFiles(): ReadonlyMap<string, string> {
  const inside = (folder: string, files: ReadonlyMap<string, string>) =>
    [...files].map(([path, text]) => [`${folder}/definition/${path}`, text] as const);
  return new Map([
    [
      'Countersign.pbip',
      jsonFile({
        $schema: `${SCHEMAS}/pbip/pbipProperties/1.0.0/schema.json`,
        version: '1.0',
        artifacts: [{ report: { path: REPORT } }],
        settings: { enableAutoRecovery: true },
      }),
    ],
    [`${MODEL}/.platform`, jsonFile(platform('SemanticModel'))],
    [
      `${MODEL}/definition.pbism`,
      jsonFile({
        $schema: `${SCHEMAS}/item/semanticModel/definitionProperties/1.0.0/schema.json`,
        version: '4.2',
        settings: {},
      }),
    ],
    ...inside(MODEL, modelFiles()),
    [`${REPORT}/.platform`, jsonFile(platform('Report'))],
    [
      `${REPORT}/definition.pbir`,
      jsonFile({
        $schema: `${SCHEMAS}/item/report/definitionProperties/2.0.0/schema.json`,
        version: '4.0',
        datasetReference: { byPath: { path: `../${MODEL}` } },
      }),
    ],
    ...inside(REPORT, reportFiles()),
  ]);
}
