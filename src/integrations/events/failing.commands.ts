import { raiseAlert } from '../../core/alert.js';
import { command, done } from '../../core/command.js';
import { type DisabledReason, EndpointState, EventEndpoint } from './endpoint.entity.js';
import { endWaiting } from './event.queries.js';
import { selectRequired, update } from '../../core/statement.js';

/** Why the worker ends an endpoint. */
export interface DisableFailingEndpointInput {
  readonly endpointId: string;
  readonly reason: DisabledReason;
}

/** Disables an endpoint that is gone, or failed for days, and tells people; one that has ended meanwhile stays so. */
export const disableFailingEndpoint = command({
  name: 'disableFailingEndpoint',
  action: 'disable',
  subject: 'EventEndpoint',
  facts: ({ endpointId }: DisableFailingEndpointInput) => ({
    endpoint: selectRequired(EventEndpoint, endpointId, { lock: 'UPDATE' }),
  }),
  decide: ({ endpoint }, { reason }, moment) => {
    const { id, state, failures, revision } = endpoint;
    const subject = { type: 'EventEndpoint', id };
    const isDisabled = state === EndpointState.ACTIVE;
    const body = { reason, isDisabled, failures };
    if (!isDisabled) return done({ id, subject, body });
    const alert = raiseAlert({ code: 'EVENT_ENDPOINT_DISABLED', subject, facts: { reason, failures } }, moment);
    const changes = { state: EndpointState.DISABLED, reason, endedAt: moment.now, revision: revision + 1 };
    return done({
      id,
      subject,
      body,
      writes: [update(EventEndpoint, { id }, changes), ...endWaiting(id), alert.statement],
      messages: [alert.message],
    });
  },
});
