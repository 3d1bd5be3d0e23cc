import type { Command } from 'commander';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { StartupError } from '../core/startup-error.js';
import { projectFiles } from '../powerbi-project/project.js';
import { projectRoot } from './project-root.js';

/** What `generate` owns in powerbi/; everything else there is written by hand. */
const GENERATED = ['Countersign.pbip', 'Countersign.SemanticModel', 'Countersign.Report'];
/** Power BI Desktop's own files about the person who works with it. */
const PERSONAL = '.pbi';

/** `powerbi generate`: the semantic model and the report, from the datasets and the KPI definitions. */
export function registerPowerBiCommands(program: Command): void {
  program
    .command('powerbi')
    .description('The semantic model and the report for Power BI.')
    .command('generate')
    .option('--check', 'writes nothing; fails when a file is not as it would be written')
    .description('Writes powerbi/ from the datasets and the KPI definitions.')
    .action(({ check }: { check?: boolean }) => generate(join(projectRoot(), 'powerbi'), check === true));
}

function generate(folder: string, checks: boolean): void {
  const files = projectFiles();
  const present = GENERATED.flatMap((name) => filesUnder(join(folder, name)));
  const gone = present.filter((path) => !files.has(relative(folder, path).split(sep).join('/')));
  const changed = [...files].filter(([path, text]) => readIfThere(join(folder, path)) !== text);
  const names = [...gone.map((path) => relative(folder, path)), ...changed.map(([path]) => path)];
  if (checks) {
    if (names.length > 0)
      throw new StartupError(`Not as generated, run countersign powerbi generate:\n${names.join('\n')}`);
    return console.log(`${files.size} files are as generated.`);
  }
  for (const path of gone) rmSync(path);
  for (const [path, text] of changed) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  console.log(names.length === 0 ? `${files.size} files were as generated.` : names.join('\n'));
}

const readIfThere = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);

function filesUnder(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .filter((name) => name !== PERSONAL)
    .flatMap((name) => filesUnder(join(path, name)));
}
