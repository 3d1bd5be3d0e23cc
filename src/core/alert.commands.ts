import { Min, IsUUID } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { Alert } from './alert.js';
import { command, done, refused } from './command.js';
import { staleRevision } from './error.js';
import { finding } from './finding.js';
import { selectRequired, update } from './statement.js';

@InputType({ description: 'An alert that you have seen.' })
export class AcknowledgeAlertInput {
  @IsUUID()
  @Field(() => ID, { description: 'The alert.' })
  alertId: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision that you saw.' })
  expectedRevision: number;
}

/** Says that somebody has seen an alert. */
export const acknowledgeAlert = command({
  name: 'acknowledgeAlert',
  action: 'acknowledge',
  subject: 'Alert',
  services: false,
  facts: ({ alertId }: AcknowledgeAlertInput) => ({ alert: selectRequired(Alert, alertId, { lock: 'UPDATE' }) }),
  target: ({ alert }) => alert,
  decide: ({ alert }, { expectedRevision }, { actor, now }) => {
    const { id, code, revision, acknowledgedAt } = alert;
    if (revision !== expectedRevision) throw staleRevision('Alert', id, expectedRevision, revision);
    const subject = { type: 'Alert', id };
    if (acknowledgedAt !== null) {
      const seen = finding({
        code: 'NOT_OPEN',
        path: 'alertId',
        message: 'Somebody has acknowledged it already.',
        facts: { acknowledgedAt: acknowledgedAt.toISOString() },
        remedy: 'There is nothing to do.',
      });
      return refused([seen], { subject });
    }
    const changes = { acknowledgedBy: actor.id, acknowledgedAt: now, revision: revision + 1 };
    return done({ id, subject, body: { code }, writes: [update(Alert, { id }, changes)] });
  },
});
