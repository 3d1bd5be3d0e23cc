import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Entry {
  payload: AdapterPayload;
  expiresAt: number;
}

/** More than this many live sessions, codes and interactions are no sandbox: the oldest go. */
const MAX_ENTRIES = 5_000;

/**
 * The provider's memory (sessions, interactions, authorization codes, grants), in this process alone: a restart means
 * picking the person again. Access tokens are not in it; they are self-contained and outlive a restart.
 */
export function sandboxStore(): (model: string) => Adapter {
  const entries = new Map<string, Entry>();

  const live = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    if (!entry || entry.expiresAt > Date.now()) return entry?.payload;
    entries.delete(key);
    return undefined;
  };
  const where = (model: string, matches: (payload: AdapterPayload) => boolean): [string, AdapterPayload][] =>
    [...entries]
      .filter(([key, entry]) => key.startsWith(`${model}:`) && matches(entry.payload))
      .map(([key, entry]) => [key, entry.payload]);

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      const key = `${model}:${id}`;
      entries.delete(key);
      entries.set(key, { payload, expiresAt: expiresIn ? Date.now() + expiresIn * 1000 : Number.POSITIVE_INFINITY });
      for (const oldest of entries.keys()) {
        if (entries.size <= MAX_ENTRIES) break;
        entries.delete(oldest);
      }
    },
    async find(id) {
      return live(`${model}:${id}`);
    },
    async findByUid(uid) {
      const key = where(model, (payload) => payload.uid === uid)[0]?.[0];
      return key === undefined ? undefined : live(key);
    },
    async findByUserCode() {
      // The device flow is off.
      return undefined;
    },
    async consume(id) {
      const payload = live(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      entries.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key] of where(model, (payload) => payload.grantId === grantId)) entries.delete(key);
    },
  });
}
