import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { configurationsById, configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { diffConfigurations, type ConfigurationChange } from '../catalogue/configuration-diff.js';
import { joinConfiguration } from '../catalogue/stored-configuration.js';
import { abilityOf, allows } from '../core/ability.js';
import { type Actor, operatorActor } from '../core/actor.js';
import { databaseClock } from '../core/clock.js';
import { type Config, readConfig } from '../core/config.js';
import { Gateway } from '../core/gateway.js';
import { createLog } from '../core/log.js';
import { Pipeline } from '../core/pipeline.js';
import { StartupError } from '../core/startup-error.js';
import { selectRequired } from '../core/statement.js';
import { keysOfRecord, openTexts, textsOfRecord, Vault } from '../core/vault.js';
import { actorByHandle, refreshActor } from '../identity/actor.queries.js';
import { resumeTenant, suspendTenant } from '../identity/tenant.commands.js';
import { TenantProfile } from '../identity/tenant.entity.js';
import { proposeConfiguration } from '../governance/propose.command.js';
import { type Keys, openKeys } from '../open-keys.js';
import { ABILITIES } from '../abilities.js';
import { assertMigrated, borrowDatabase, type Database } from './database.js';
import { projectRoot } from './project-root.js';
import { stopSignal, unlessStopped } from './stop-signal.js';
import { provision, readTenantFile, type TenantFile } from './tenant-files.js';

/** What a command works with. */
export interface Tools {
  readonly config: Config;
  readonly root: string;
  readonly database: Database;
  readonly gateway: Gateway;
  readonly pipeline: Pipeline;
  readonly vault: Vault;
}

/** Checks files and prints every fault with its line; the exit code says whether all are sound. */
export function validateTenants(files: readonly string[]): void {
  const folder = join(projectRoot(), 'tenants');
  const paths =
    files.length > 0
      ? files
      : readdirSync(folder)
          .filter((name) => name.endsWith('.yaml'))
          .map((name) => join(folder, name));
  for (const path of paths) {
    try {
      readTenantFile(path);
      console.log(`${path}: sound`);
    } catch (error) {
      if (!(error instanceof StartupError)) throw error;
      console.error(error.message);
      process.exitCode = 1;
    }
  }
}

/** Prints what a file would change of the configuration that rules. */
export async function diffTenant(path: string): Promise<void> {
  const file = readTenantFile(path);
  await withTools(async (tools) => {
    const changes = await changesOf(tools, file);
    if (!changes) console.log('This tenant is not there yet: apply makes it.');
    else printChanges(changes);
  });
}

/** What `tenants apply` may be told. */
export interface ApplyOptions {
  /** From when the version is to rule, ISO 8601; at once when left out. */
  readonly effectiveFrom?: string;
  /** The handle of the member whose proposal it is. */
  readonly as?: string;
}

/**
 * Makes the tenant when it is new; otherwise shows the difference and proposes the file as the next version, in the name
 * of a member, who then cannot be the one that approves it (two-person rule).
 */
export async function applyTenant(path: string, { effectiveFrom, as }: ApplyOptions): Promise<void> {
  const file = readTenantFile(path);
  if (effectiveFrom && Number.isNaN(Date.parse(effectiveFrom)))
    throw new StartupError(`--effective-from ${effectiveFrom} is not an instant: write it as 2026-12-01T00:00:00Z.`);
  await withTools(async (tools) => {
    const changes = await changesOf(tools, file);
    if (!changes) {
      await provision(tools, file);
      console.log(`${file.parsed.configuration.tenant.slug} is there now, with version 1 of its configuration.`);
      return;
    }
    const actor = await proposer(tools, file.parsed.configuration.tenant.id, as);
    printChanges(changes);
    const input = { payload: file.text, effectiveFrom: effectiveFrom ? new Date(effectiveFrom) : null };
    const result = await tools.pipeline.run(actor, proposeConfiguration, input, {
      idempotencyKey: null,
      path: 'apply',
    });
    if (result.kind === 'refused')
      throw new StartupError(
        result.findings.map((found) => `${found.path}: ${found.message} ${found.remedy}`).join('\n'),
      );
    const { versions } = await tools.gateway.read(actor.tenantId, { versions: configurationsById([result.id]) });
    console.log(
      `Proposed as version ${result.id}, digest ${versions.get(result.id)!.digest}. It rules once its request is approved (castVote) and it is enacted (enactConfiguration).`,
    );
  });
}

/** The member who proposes, as they could sign in now. */
async function proposer({ gateway }: Tools, tenantId: string, handle: string | undefined): Promise<Actor> {
  if (handle === undefined)
    throw new StartupError('This tenant is there already: say with --as <handle> which member proposes the change.');
  const { actor } = await gateway.read(tenantId, { actor: actorByHandle(tenantId, handle) });
  if (!actor)
    throw new StartupError(`There is no active member ${handle} here: give the handle of a RevOps administrator.`);
  if (!allows(abilityOf(actor, ABILITIES), proposeConfiguration.action, proposeConfiguration.subject))
    throw new StartupError(`${handle} may not propose a configuration: give the handle of a RevOps administrator.`);
  return actor;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Suspends a tenant, or lets it work again. */
export async function setTenantState(tenantId: string, state: 'ACTIVE' | 'SUSPENDED'): Promise<void> {
  await withTools(async ({ gateway, pipeline }) => {
    const known = UUID.test(tenantId)
      ? await gateway.global("select 1 from tenant where tenant_id = $1 and state not in ('ERASING', 'ERASED')", [
          tenantId,
        ])
      : [];
    if (known.length === 0)
      throw new StartupError(`There is no tenant ${tenantId}: give the id that stands in its file under tenants/.`);
    const { tenant } = await gateway.read(tenantId, { tenant: selectRequired(TenantProfile, tenantId) });
    const actor = operatorActor(tenantId, userInfo().username);
    const request = { idempotencyKey: null, path: 'state' };
    const input = { expectedRevision: tenant.revision, reason: 'on the command line' };
    const result = await pipeline.run(actor, state === 'SUSPENDED' ? suspendTenant : resumeTenant, input, request);
    if (result.kind === 'refused')
      throw new StartupError(result.findings.map((found) => `${found.message} ${found.remedy}`).join('\n'));
    console.log(`${tenant.slug} is ${state}.`);
  });
}

async function changesOf({ gateway, vault }: Tools, file: TenantFile): Promise<ConfigurationChange[] | null> {
  const { configuration } = file.parsed;
  const { id, slug } = configuration.tenant;
  const [known] = await gateway.global('select state from tenant where tenant_id = $1', [id]);
  if (!known) return null;
  if (known.state === 'ERASING' || known.state === 'ERASED')
    throw new StartupError(`${slug} was erased here: a tenant that begins anew has a new id in its file.`);
  const { ruling } = await gateway.read(configuration.tenant.id, { ruling: rulingConfiguration() });
  const { texts, keys } = await gateway.read(configuration.tenant.id, {
    texts: textsOfRecord(ruling.id),
    keys: keysOfRecord(ruling.id),
  });
  return diffConfigurations(joinConfiguration(configurationOf(ruling), openTexts(vault, texts, keys)), configuration);
}

function printChanges(changes: readonly ConfigurationChange[]): void {
  if (changes.length === 0) console.log('Nothing is different.');
  for (const { path, before, after } of changes)
    console.log(`${path}: ${JSON.stringify(before) ?? '(none)'} -> ${JSON.stringify(after) ?? '(none)'}`);
}

/** Work on a migrated database, let go of at the end or at a signal to stop. */
export async function withTools(work: (tools: Tools) => Promise<void>): Promise<void> {
  const root = projectRoot();
  const config = readConfig(process.env, root);
  const stop = stopSignal();
  const database = await borrowDatabase(config, root);
  const gateway = new Gateway({ url: database.applicationUrl, poolSize: 2, prepare: false });
  let keys: Keys | null = null;
  try {
    await assertMigrated(database);
    keys = await openKeys(config.kek);
    const vault = new Vault(keys.ring);
    const pipeline = new Pipeline({
      gateway,
      clock: databaseClock,
      abilities: ABILITIES,
      refresh: refreshActor,
      vault,
      log: createLog('warn'),
    });
    await unlessStopped(work({ config, root, database, gateway, pipeline, vault }), stop);
  } finally {
    await keys?.close();
    await gateway.end();
    await database.release();
  }
}
