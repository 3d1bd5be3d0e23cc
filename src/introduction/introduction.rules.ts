import { digestOf } from '../core/canonical.js';
import { type Finding, finding } from '../core/finding.js';
import type { Introduction } from './introduction.entity.js';

/** The version of the template; raised whenever its words change. */
export const INTRODUCTION_TEMPLATE = 1;

/** What the introduction is drafted from. Names as they stand now; null where there is none. */
export interface IntroductionFacts {
  readonly client: string;
  readonly deal: string;
  readonly contact: string | null;
  readonly salesOwner: string | null;
  readonly deliveryManager: string | null;
  /** A calendar day. */
  readonly startOn: string | null;
}

/** A drafted message. */
export interface IntroductionText {
  readonly subject: string;
  readonly body: string;
  readonly textSha256: string;
}

/**
 * The message by which the rep introduces delivery in the thread that the client knows (document 003 "one client
 * communication thread", document 004 "Introduction Email"): who goes on, what was agreed, what comes next.
 */
export function introductionText(facts: IntroductionFacts): IntroductionText {
  const { client, deal, contact, salesOwner, deliveryManager, startOn } = facts;
  const lead = deliveryManager ?? '[delivery manager]';
  const subject = `${client}: meet ${lead}, who delivers ${deal}`;
  const body = [
    `Hello ${contact ?? '[contact]'},`,
    `thank you for your order. From here on ${lead} leads "${deal}" for you, and has everything that we have agreed: scope, dates, what you told us and what we promised. You need not repeat any of it.`,
    startOn === null
      ? `${lead} will answer in this thread with a proposal for the kickoff.`
      : `We plan to begin on ${startOn}. ${lead} will answer in this thread with a proposal for the kickoff.`,
    'I stay in this thread.',
    salesOwner ?? '[sales]',
  ].join('\n\n');
  return { subject, body, textSha256: digestOf({ subject, body }) };
}

/** What an introduction cannot do without. */
export function introductionFindings({ contact, deliveryManager }: IntroductionFacts): Finding[] {
  const findings: Finding[] = [];
  if (contact === null) {
    findings.push(
      finding({
        code: 'PRIMARY_CONTACT_MISSING',
        path: 'stakeholders',
        message: 'The client has no primary contact.',
        facts: {},
        remedy: 'Add a stakeholder of the client with the role PRIMARY_CONTACT.',
      }),
    );
  }
  if (deliveryManager === null) {
    findings.push(
      finding({
        code: 'DELIVERY_MANAGER_MISSING',
        path: 'handoff.deliveryManager',
        message: 'Nobody was named who delivers.',
        facts: {},
        remedy: 'Name the delivery manager of the handoff.',
      }),
    );
  }
  return findings;
}

/** A finding when the text is another one now than the one that was looked at. */
export function textFindings(text: IntroductionText, seen: string): Finding[] {
  if (text.textSha256 === seen) return [];
  return [
    finding({
      code: 'TEXT_CHANGED',
      path: 'textSha256',
      message: 'The introduction reads otherwise now: what it is drafted from has changed.',
      facts: { now: text.textSha256 },
      remedy: 'Read it again, and approve that text.',
    }),
  ];
}

/** The approval of exactly this text, the newest one; null when there is none. */
export function approvalOf(
  introductions: readonly Introduction[],
  { textSha256 }: IntroductionText,
): Introduction | null {
  return introductions.findLast((one) => one.textSha256 === textSha256) ?? null;
}

/** A finding when the client was introduced already. */
export function introducedFindings(introductions: readonly Introduction[]): Finding[] {
  const sent = introductions.find(({ introducedAt }) => introducedAt !== null);
  if (!sent) return [];
  return [
    finding({
      code: 'ALREADY_INTRODUCED',
      path: 'handoff.introduction',
      message: 'The client was introduced already; the same thread goes on.',
      facts: { introducedAt: sent.introducedAt!.toISOString() },
      remedy: 'Go on in that thread.',
    }),
  ];
}
