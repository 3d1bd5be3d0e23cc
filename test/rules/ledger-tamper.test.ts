import { tamper } from '../../scripts/tamper-campaign.mjs';
import * as canonical from '../../src/core/canonical.js';
import * as checkpoint from '../../src/core/ledger/checkpoint.js';
import * as format from '../../src/core/ledger/format.js';
import * as lines from '../../src/core/ledger/lines.js';
import * as note from '../../src/core/ledger/note.js';
import * as seal from '../../src/core/ledger/seal.rules.js';
import * as tree from '../../src/core/ledger/tree.js';
import * as verify from '../../src/core/ledger/verify.js';

it('finds each of 500 random tamperings: bits, lines, counts, forks, re-hashed and cut tails, with and without a key', async () => {
  const ledger = { ...canonical, ...checkpoint, ...format, ...lines, ...note, ...seal, ...tree, ...verify };
  const { runs, missed, kinds } = await tamper(ledger, { runs: 500, seed: 20261121 });
  expect({ runs, missed }).toEqual({ runs: 500, missed: [] });
  expect(Object.keys(kinds).length).toBeGreaterThanOrEqual(25);
});
