import { type HaloRecord, idOf, textOf } from './halopsa.record.js';

/** HaloPSA's ids of agents by their e-mail addresses in small letters. */
export type AgentIds = ReadonlyMap<string, number>;

/** Nobody is named in HaloPSA: the connection does not ask for it. */
export const NO_AGENTS: AgentIds = new Map();

/**
 * Who may be named as an owner: whoever works there. Who is disabled, or an application, is nobody's owner; an address
 * that several have names none of them.
 */
export function agentIdsOf(agents: readonly HaloRecord[]): AgentIds {
  const found = new Map<string, number | null>();
  for (const agent of agents) {
    const [id, email] = [idOf(agent), textOf(agent, 'email').trim().toLowerCase()];
    if (id === null || email === '' || agent.isdisabled === true || agent.isapiagent === true) continue;
    found.set(email, found.has(email) ? null : id);
  }
  return new Map([...found].flatMap(([email, id]) => (id === null ? [] : [[email, id]])));
}
