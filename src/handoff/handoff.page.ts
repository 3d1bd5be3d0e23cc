import type { FastifyInstance } from 'fastify';
import { ownPage, type PageFolders, type PageSignIn } from '../core/own-page.js';
import { HANDOFF_PAGE_PATH } from './handoff.link.js';

/**
 * Serves the page that a link to a handoff leads to (handoffUrl): where it stands and what is missing, as far as the
 * person who signs in may see it. The answer is the same for every id, also for one that does not exist. `signIn` is
 * asked at every request; null where pages cannot sign in.
 */
export function mountHandoffPage(
  listener: FastifyInstance,
  folders: PageFolders,
  signIn: () => PageSignIn | null,
): void {
  const page = ownPage(folders, {
    heading: 'A handoff',
    withoutScript: 'This page needs JavaScript. Look the handoff up by its number instead.',
    scripts: ['handoff/page.js'],
    documents: { handoff: 'handoff-step', readiness: 'handoff-readiness' },
  });
  listener.get(`${HANDOFF_PAGE_PATH}*`, async (_request, reply) => {
    const { headers, html } = page(signIn());
    return reply.headers(headers).send(html);
  });
}
