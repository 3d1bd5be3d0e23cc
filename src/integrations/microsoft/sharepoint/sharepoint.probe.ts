import { VendorError } from '../../../core/outbox/vendor-error.js';
import { CheckState, type ConnectionCheck } from '../../connection/connection.entity.js';
import type { ConnectionProbe } from '../../connection/connection.handler.js';
import { findPlace } from './place.js';
import type { SharePoint } from './sharepoint.js';

const ok = (name: string): ConnectionCheck => ({ name, state: CheckState.OK, remedy: null });

const PROBE_FILE = 'countersign-connection-test.txt';

/**
 * Token, site, library, and a file that is written and deleted again: names the first step that is missing, and every
 * permission in the token that nothing needs.
 */
export function sharePointProbe(sharePoint: SharePoint): ConnectionProbe {
  return async (connection, signal) => {
    const graph = sharePoint.client(connection, signal);
    const excess = await graph.excess();
    try {
      const place = await findPlace(graph);
      // One name and its path: a lost answer leaves at most one file behind, and the next test deletes it.
      const file = `/drives/${place.driveId}/root:/${PROBE_FILE}`;
      await graph.call('PUT', `${file}:/content`, {
        body: Buffer.from('Written by Countersign to test the connection; it may be deleted.'),
        headers: { 'content-type': 'application/octet-stream' },
        isRepeatable: true,
      });
      await graph.call('DELETE', file, { accept: [404] });
      return [ok('SIGN_IN'), ok('SITE'), ok('LIBRARY'), ok('Sites.Selected'), ...excess];
    } catch (error) {
      const name = error instanceof VendorError ? STEPS[error.code] : undefined;
      if (name === undefined || !(error instanceof VendorError)) throw error;
      const state = name === 'Sites.Selected' ? CheckState.MISSING : CheckState.FAILED;
      return [ok('SIGN_IN'), { name, state, remedy: error.remedy }, ...excess];
    }
  };
}

/** The step that each fault after signing in belongs to. */
const STEPS: Readonly<Record<string, string>> = {
  SHAREPOINT_NOT_GRANTED: 'Sites.Selected',
  SHAREPOINT_SITE_MISSING: 'SITE',
  SHAREPOINT_LIBRARY_MISSING: 'LIBRARY',
};
