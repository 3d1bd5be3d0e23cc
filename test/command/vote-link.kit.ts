import { lockRequest } from '../../src/approval/approval.queries.js';
import { newVoteLink } from '../../src/approval/vote-link.effects.js';
import { command, done } from '../../src/core/command.js';
import type { World } from '../kit/world.js';

/** Stands in for whoever sends messages: no part of the product answers a link's path. */
const sendVoteLink = command({
  name: 'sendVoteLinkForTest',
  action: 'read',
  subject: 'ApprovalRequest',
  facts: ({ requestId }: { requestId: string; personId: string }) => ({ request: lockRequest(requestId) }),
  decide: ({ request }, { personId }, moment) => {
    const { link, statement } = newVoteLink(request, personId, moment);
    const subject = { type: 'ApprovalRequest', id: request.id };
    return done({ id: link.id, subject, writes: [statement], secret: link.path });
  },
});

/** Sends somebody a link to a request; answers its path. */
export async function sendLink(world: World, requestId: string, personId: string): Promise<string> {
  const sofia = await world.as('sofia.sales');
  const sent = await sofia.run(sendVoteLink, { requestId, personId });
  if (sent.kind !== 'done') throw new Error('The link was not sent');
  return sent.secret!;
}
