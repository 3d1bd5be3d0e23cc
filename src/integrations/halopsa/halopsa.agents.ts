import { type AgentIds, agentIdsOf, NO_AGENTS } from './agents.rules.js';
import type { HaloClient } from './halopsa.client.js';

interface Held {
  readonly agents: Promise<AgentIds>;
  /** On the monotonic clock. */
  readonly endsAt: number;
}

const KEEP_MS = 300_000;
const MOST = 1000;

/** The agents of each instance who may be named on projects and tasks; asked once in five minutes for all effects. */
export class HaloAgents {
  private readonly held = new Map<string, Held>();

  /** The agents, where the connection names owners; VendorError when they cannot be read. */
  async of(client: HaloClient): Promise<AgentIds> {
    if (!client.settings.ownersByEmail) return NO_AGENTS;
    const key = client.integrationId;
    const known = this.held.get(key);
    if (known && known.endsAt > performance.now()) return known.agents;
    const agents = client.list('/Agent').then(agentIdsOf);
    this.held.delete(key);
    this.held.set(key, { agents, endsAt: performance.now() + KEEP_MS });
    const [oldest] = this.held.keys();
    if (this.held.size > MOST && oldest !== undefined) this.held.delete(oldest);
    agents.catch(() => this.held.delete(key));
    return agents;
  }
}
