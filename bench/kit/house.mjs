// A running copy of the data with an issuer that signs its people in, and a way to start processes of our API over it.
import { join } from 'node:path';
import { openDataset } from './dataset.mjs';
import { trustedFolder } from './graphql.mjs';
import { AUDIENCE, openIssuer } from './issuer.mjs';
import { root } from './product.mjs';
import { startServer } from './servers.mjs';

/** Opens it: the dataset, `token(tenant, person)`, `api(name, variant)` which starts a process, and `close`. */
export async function openHouse(size) {
  const dataset = await openDataset(size);
  const issuer = await openIssuer();
  const folder = join(dataset.folder, 'api');
  const operationsFolder = trustedFolder(join(folder, 'project'));
  const environment = {
    OIDC_ISSUER: issuer.issuer,
    OIDC_AUDIENCE: AUDIENCE,
    KEK_FILE: join(dataset.folder, 'keys', 'kek'),
    LEDGER_KEY_FILE: join(dataset.folder, 'keys', 'ledger.pem'),
    // The limit is on and counts; a benchmark asks more in a minute than a person may.
    REQUESTS_PER_MINUTE: '1000000',
    DRAIN_SECONDS: '0',
  };
  const api = (name, variant = '') =>
    startServer({
      name,
      file: join(root, 'bench', 'servers', 'ours.mjs'),
      settings: {
        root,
        variant,
        environment,
        operationsFolder,
        folder: join(folder, name),
        databaseUrl: variant === 'tenancy-off' ? dataset.superuserUrl : dataset.appUrl,
      },
    });
  const close = async () => {
    await issuer.close();
    await dataset.close();
  };
  return { ...dataset, token: issuer.token, api, close };
}
