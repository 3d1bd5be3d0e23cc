// Tampers with exports of a ledger, one change a run, and counts what `ledger verify` finds: everything, or the exit
// code is 1. `node scripts/tamper.mjs [--runs 10000] [--seed 1] [--json]`; the same seed makes the same changes.
import { compiledLedger } from './ledger-sample.mjs';
import { build } from './prepare.mjs';
import { tamper } from './tamper-campaign.mjs';

const argument = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
};

build();
const report = await tamper(await compiledLedger(), { runs: argument('runs', 10_000), seed: argument('seed', 1) });
const { runs, seed, missed, seconds, kinds } = report;
if (process.argv.includes('--json')) console.log(JSON.stringify(report));
else {
  for (const [name, { runs: times, tampered, unreadable, missed: lost }] of Object.entries(kinds))
    console.log(
      `${String(times).padStart(6)}  ${name}: ${tampered} tampered, ${unreadable} unreadable, ${lost} missed`,
    );
  console.log(
    `${runs} tamperings, seed ${seed}: ${runs - missed.length} found, ${missed.length} missed, ${seconds} s.`,
  );
}
process.exitCode = missed.length === 0 ? 0 : 1;
