// An API process that is killed: crash-child.mjs <database url>; votes by lines of JSON, and tells what each came to.
import 'reflect-metadata';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { castVote } from '../../dist/src/approval/approval.commands.js';
import { databaseClock } from '../../dist/src/core/clock.js';
import { Gateway } from '../../dist/src/core/gateway.js';
import { Pipeline } from '../../dist/src/core/pipeline.js';
import { refreshActor } from '../../dist/src/identity/actor.queries.js';
import { ABILITIES } from '../../dist/src/abilities.js';

const pipeline = new Pipeline({
  gateway: new Gateway({ url: process.argv[2], poolSize: 6, prepare: true }),
  clock: databaseClock,
  abilities: ABILITIES,
  refresh: refreshActor,
  vault: null,
  log: pino({ level: 'silent' }),
});

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'ready?') {
    process.stdout.write('ready\n');
    continue;
  }
  const { actor, input, key } = JSON.parse(line);
  void pipeline
    .run({ ...actor, authTime: null }, castVote, input, { idempotencyKey: key, path: 'castVote' })
    .then(({ kind }) => process.stdout.write(`${key} ${kind}\n`))
    .catch((error) => process.stdout.write(`${key} ${error.code ?? error}\n`));
}
