import { generateKeyPairSync } from 'node:crypto';
import { pino } from 'pino';
import { type SigningKey, signingKey } from '../../src/core/ledger/note.js';
import { Sealer } from '../../src/core/ledger/sealer.js';
import type { World } from './world.js';

/** A key of this test file's own that signs checkpoints. */
export const LEDGER_KEY = signingKey('countersign-ledger', generateKeyPairSync('ed25519').privateKey);

/** A sealer of one tenant, or of several. */
export function sealerOf({ suite }: World, tenants: readonly string[] = [], key: SigningKey = LEDGER_KEY): Sealer {
  return new Sealer({
    gateway: suite.gateway,
    key,
    tenants: async () => tenants,
    log: pino({ level: 'silent' }),
  });
}
