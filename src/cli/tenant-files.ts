import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemActor } from '../core/actor.js';
import type { Gateway } from '../core/gateway.js';
import type { Pipeline } from '../core/pipeline.js';
import { StartupError } from '../core/startup-error.js';
import { select } from '../core/statement.js';
import { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { parseConfigurationFile, type ParsedConfiguration } from '../catalogue/configuration-file.js';
import { provisionTenant } from '../catalogue/tenant.provision.js';

/** A tenant's file that was read and found sound. */
export interface TenantFile {
  readonly path: string;
  readonly text: string;
  readonly parsed: Extract<ParsedConfiguration, { ok: true }>;
}

/** Reads one file; every fault is told with its line. */
export function readTenantFile(path: string): TenantFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new StartupError(`${path} cannot be read.`);
  }
  const parsed = parseConfigurationFile(text);
  if (parsed.ok) return { path, text, parsed };
  const faults = parsed.faults.map(
    (fault) => `${path}:${fault.line}:${fault.column} ${fault.path}: ${fault.message} ${fault.remedy}`,
  );
  throw new StartupError(`${path} is refused:\n${faults.join('\n')}`);
}

/** Reads every file of a folder. */
export function readTenantFolder(folder: string): TenantFile[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml') || name.endsWith('.yml'));
  return names.toSorted().map((name) => readTenantFile(join(folder, name)));
}

interface ProvisionTools {
  readonly gateway: Gateway;
  readonly pipeline: Pipeline;
}

/** Makes the tenant of a file when it is not there yet; leaves one that is there alone (design 6). */
export async function provision({ gateway, pipeline }: ProvisionTools, file: TenantFile): Promise<void> {
  const { configuration } = file.parsed;
  const { versions } = await gateway.read(configuration.tenant.id, {
    versions: select(ConfigurationVersion, {}, { limit: 1 }),
  });
  if (versions.length > 0) return;
  const erased = "select 1 from tenant where tenant_id = $1 and state in ('ERASING', 'ERASED')";
  // What was erased does not come back because its file is still there.
  if ((await gateway.global(erased, [configuration.tenant.id])).length > 0) return;
  const actor = systemActor(configuration.tenant.id, 'tenants-apply');
  const result = await pipeline.run(
    actor,
    provisionTenant,
    { configuration },
    { idempotencyKey: null, path: 'provision' },
  );
  if (result.kind === 'refused')
    throw new StartupError(`${file.path} is refused: ${result.findings.map((f) => f.message).join(' ')}`);
}
