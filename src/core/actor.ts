/** Who acts. Votes and contributions name the person, never the account (design 1). */
export interface Actor {
  readonly kind: 'PERSON' | 'SERVICE' | 'SYSTEM';
  readonly tenantId: string;
  /** The person's id, the API key's id, or the name of a job of the worker. */
  readonly id: string;
  /** The roles of the membership at this time. */
  readonly roles: readonly string[];
  /** Scopes of an API key; empty for people. */
  readonly scopes: readonly string[];
  /** When the person last proved who they are (`auth_time`); null when the token does not say. */
  readonly authTime: Date | null;
  /** The account by which the person signed in; null for services. */
  readonly accountId: string | null;
  /**
   * Since when that account signs in as this person, when somebody linked it, or merged its record, after the record was
   * made; null or left out for an account that came with the record, and for services.
   */
  readonly accountSince?: Date | null;
}

/** The worker's own hand: every automated decision names the job and keeps its sources. */
export function systemActor(tenantId: string, job: string): Actor {
  return { kind: 'SYSTEM', tenantId, id: job, roles: ['SYSTEM'], scopes: [], authTime: null, accountId: null };
}

/** How the jobs that the operator runs by hand are named, before the account that ran them. */
const BY_HAND = 'command-line:';

/** The operator on the command line, by the name of their account on that machine. */
export const operatorActor = (tenantId: string, account: string): Actor =>
  systemActor(tenantId, `${BY_HAND}${account}`);

/** Whether an actor is the operator on the command line. */
export const isOperator = ({ kind, id }: Actor): boolean => kind === 'SYSTEM' && id.startsWith(BY_HAND);

/** Whether both are the same actor with the same rights and the same time of sign-in. */
export function sameActor(one: Actor, other: Actor): boolean {
  return (
    one.kind === other.kind &&
    one.tenantId === other.tenantId &&
    one.id === other.id &&
    one.accountId === other.accountId &&
    one.accountSince?.getTime() === other.accountSince?.getTime() &&
    one.authTime?.getTime() === other.authTime?.getTime() &&
    sameTexts(one.roles, other.roles) &&
    sameTexts(one.scopes, other.scopes)
  );
}

const sameTexts = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((text, index) => text === others[index]);
