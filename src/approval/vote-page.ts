import type { FastifyInstance } from 'fastify';
import { ownPage, type PageFolders, type PageSignIn } from '../core/own-page.js';
import { APPROVE_PATH } from './vote-link.token.js';

/**
 * Serves the page that the link of a message leads to (approvals rule 15). It is the same for every link and looks none
 * up: following a link, as the preview of a mail program does, changes nothing and tells nothing. Requests for it are not
 * logged, since the address carries the link's secret. `signIn` is asked at every request, since the sandbox's address is
 * known only once it listens; null where pages cannot sign in.
 */
export function mountVotePage(listener: FastifyInstance, folders: PageFolders, signIn: () => PageSignIn | null): void {
  const page = ownPage(folders, {
    heading: 'Your vote is asked for',
    withoutScript: 'This page needs JavaScript. Open the request in your inbox instead.',
    scripts: ['approve/view.js', 'approve/page.js'],
    documents: {
      open: 'open-vote-link',
      request: 'approval-request',
      brief: 'approval-request-brief',
      vote: 'cast-vote',
    },
  });
  listener.get(`${APPROVE_PATH}*`, { logLevel: 'silent' }, async (_request, reply) => {
    const { headers, html } = page(signIn());
    return reply.headers(headers).send(html);
  });
}
