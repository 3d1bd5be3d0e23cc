import type { MigrationInterface } from 'typeorm';
import { Core1700000000001 } from './0001-core.js';
import { Identity1700000000002 } from './0002-identity.js';
import { Deal1700000000003 } from './0003-deal.js';
import { Catalogue1700000000004 } from './0004-catalogue.js';
import { Handoff1700000000005 } from './0005-handoff.js';

/** Every migration, in order. A shipped one is never edited. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  Core1700000000001,
  Identity1700000000002,
  Deal1700000000003,
  Catalogue1700000000004,
  Handoff1700000000005,
];
