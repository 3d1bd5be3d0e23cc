// One simulator in a process of its own, its state on disk: simulators.mjs halopsa|microsoft <folder> <seed>.
// Whoever forked it asks over the IPC channel for what HTTP does not tell: `{ id, ask, with }` is answered `{ id, answer }`.
import { startHaloSimulator } from '../../../dist/src/sandbox/halopsa/server.js';
import { startMicrosoft } from '../../../dist/src/sandbox/microsoft/mount.js';

const [, , kind, folder, seed] = process.argv;

/** How often each occurs. */
function tally(words) {
  const counted = {};
  for (const word of words) counted[word] = (counted[word] ?? 0) + 1;
  return counted;
}

const start = {
  halopsa: async () => {
    const simulator = await startHaloSimulator({ stateFolder: folder, settings: { seed: Number(seed) } });
    const records = ({ slug, table }) => simulator.instance(slug).store.all(table);
    const faults = ({ slugs }) =>
      tally(
        slugs
          .flatMap((slug) => simulator.instance(slug).log.list())
          .map(({ fault, status }) =>
            fault === null ? 'answered' : fault === 'STATUS' ? `${status} by script` : 'cut by script',
          ),
      );
    const settled = ({ slug }) => simulator.instance(slug).webhooks.settled();
    return { origin: simulator.origin, asks: { records, settled, faults } };
  },
  microsoft: async () => {
    const { simulator, base } = await startMicrosoft({ folder, seed: Number(seed) });
    const files = () =>
      simulator.world.store
        .all('item')
        .filter((item) => item.kind === 'file' && !item.deleted)
        .map((item) => ({
          drive: item.driveId,
          path: simulator.tree.names(item).join('/'),
          versions: item.versions.length,
        }));
    const asks = {
      faults: () =>
        tally(
          simulator.world.log
            .list()
            .map(({ fault, status }) =>
              fault === null ? 'answered' : fault === 'status' ? `${status} by script` : 'cut by script',
            ),
        ),
      directory: (directory) => simulator.seed(directory),
      files,
      records: ({ table }) => simulator.world.store.all(table),
    };
    return { origin: new URL(base).origin, asks };
  },
};

const { origin, asks } = await start[kind]();
async function answer({ id, ask, with: input }) {
  try {
    process.send({ id, answer: (await asks[ask](input)) ?? null });
  } catch (error) {
    process.send({ id, error: String(error) });
  }
}
process.on('message', (question) => void answer(question));
process.once('disconnect', () => process.exit(0));
process.send({ origin });
