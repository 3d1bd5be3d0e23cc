import { join } from 'node:path';
import { HaloInstance, type InstanceOptions } from './instance.js';
import { seedInstance } from './seed.js';

/** Options of a simulator. */
export interface SimulatorOptions extends Omit<InstanceOptions, 'stateFile'> {
  /** Folder of sample exports (samples/halopsa); without it an instance starts with no deal. */
  readonly samplesFolder?: string;
  /** Keeps each instance's records in a file here; without it they end with the process. */
  readonly stateFolder?: string;
  /** The tenants that may be looked at, by their short names; without it those whose instance was asked for. */
  readonly tenants?: () => Promise<readonly string[]>;
}

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** More instances than any sandbox has tenants: whoever asks for more names is no tenant. */
const MOST = 500;

/** The instances of a simulator: one a tenant's short name, made when it is first asked for. */
export class HaloInstances {
  private readonly made = new Map<string, HaloInstance>();

  constructor(private readonly options: SimulatorOptions = {}) {}

  /** The instance of a tenant; null for a text that cannot be a tenant's short name, or when there are too many. */
  of(slug: string): HaloInstance | null {
    const known = this.made.get(slug);
    if (known) return known;
    if (!SLUG.test(slug) || this.made.size >= MOST) return null;
    const { samplesFolder, stateFolder, tenants: _tenants, ...options } = this.options;
    const stateFile = stateFolder === undefined ? {} : { stateFile: join(stateFolder, `${slug}.ndjson`) };
    const halo = new HaloInstance(slug, { ...options, ...stateFile });
    seedInstance(halo, samplesFolder);
    this.made.set(slug, halo);
    return halo;
  }

  /** The short names of all instances, in order. */
  async slugs(): Promise<readonly string[]> {
    const named = (await this.options.tenants?.()) ?? [];
    return [...new Set([...named, ...this.made.keys()])].toSorted();
  }

  /** Forgets what an instance holds, and seeds it anew. */
  reset(halo: HaloInstance): void {
    halo.store.clear();
    halo.log.clear();
    halo.faults.clear();
    halo.webhooks.planAlways(null);
    seedInstance(halo, this.options.samplesFolder);
  }

  async close(): Promise<void> {
    await Promise.all([...this.made.values()].map((halo) => halo.close()));
  }
}
