import { createHash } from 'node:crypto';
import { CAST, holderOf } from './cast.js';
import { today, workingDay } from './calendar.js';
import type { Json, Teller } from './teller.js';

/** What every chapter goes on with. */
export interface Tale {
  readonly teller: Teller;
  readonly handoffId: string;
  readonly now: Date;
}

/** Variables of a step on the handoff as it stands. */
export async function onHandoff({ teller, handoffId }: Tale, input: Json = {}): Promise<Json> {
  const { handoff } = await teller.read(CAST.auditor, 'handoff-step', { id: handoffId });
  return { handoffId, expectedRevision: (handoff as Json).revision as number, ...input };
}

/** Sales writes what the documents ask for: people, boundaries, terms, promises. */
export async function writeContent(tale: Tale, people: Readonly<Record<string, string>>): Promise<void> {
  const { teller, now } = tale;
  const statement = async (kind: string, text: string): Promise<void> => {
    await teller.done(
      CAST.sales,
      'add-statement',
      await onHandoff(tale, { kind, text, source: 'Proposal v3, section 2' }),
      `Sales writes down ${kind}.`,
    );
  };
  await statement('OUT_OF_SCOPE', 'Cabling, telephony and user devices are not part of this project.');
  await statement(
    'ACCEPTANCE_CRITERION',
    'Every access point is monitored and the client can roam through both offices without a dropped call.',
  );
  await statement('DEPENDENCY', 'The client clears the comms room at York before the installation.');
  await statement('PROMISED_TIMELINE', 'Go-live before the end of the first quarter.');
  await statement('DEVIATION', 'Patching happens in business hours instead of at night.');
  await statement('INTEGRATION_CONSTRAINT', 'The monitoring must reach the incumbent SIEM by syslog over TLS.');
  await statement('COMMERCIAL_GUARDRAIL', 'No further discount: the monthly price is at its limit.');
  const stakeholder = async (side: string, role: string, name: string): Promise<void> => {
    await teller.done(
      CAST.sales,
      'add-stakeholder',
      await onHandoff(tale, { side, role, name, title: 'Manager', email: null }),
      `Sales names the ${role.toLowerCase().replaceAll('_', ' ')}.`,
    );
  };
  await stakeholder('CLIENT', 'SIGNER', 'Priya Nair');
  await stakeholder('PROVIDER', 'SIGNER', 'Sofia Lindqvist');
  await stakeholder('CLIENT', 'EXECUTIVE_SPONSOR', 'Marcus Boyle');
  await teller.done(
    CAST.sales,
    'add-assumption',
    await onHandoff(tale, {
      text: 'The York office keeps its leased line until March.',
      source: 'Call of 12 September',
      impact: 'Without it the cutover needs a 5G backup.',
    }),
    'Sales names what is only believed.',
  );
  const terms = {
    communicationPreferences: 'E-mail to Priya Nair, a call on Fridays.',
    billingTerms: 'Thirty days net; the service a month in advance.',
    paymentSchedule: 'Forty per cent at order, sixty at acceptance.',
    specialTerms: 'Five per cent off the equipment.',
    context: 'Acme makes medical devices in Leeds and York; the present network drops calls.',
    startOn: workingDay(now, 21),
    answers: [
      { key: 'has-site-survey', value: 'false' },
      { key: 'replaces-firewall', value: 'true' },
      { key: 'cutover-window', value: 'out-of-hours' },
    ],
  };
  await teller.done(
    CAST.sales,
    'edit-handoff',
    await onHandoff(tale, terms),
    'Sales completes terms, preferences and the start.',
  );
  await teller.done(
    CAST.lead,
    'assign-delivery-manager',
    await onHandoff(tale, { personId: people[CAST.delivery] }),
    'The delivery lead assigns the delivery manager.',
  );
  const promise = {
    text: 'A spare firewall is kept on site.',
    channel: 'VERBAL',
    madeOn: today(now),
    promisedTo: 'Priya Nair',
    source: 'Call of 12 September',
  };
  const commitment = await teller.done(
    CAST.sales,
    'add-commitment',
    await onHandoff(tale, promise),
    'A promise made on the phone is written down.',
  );
  await teller.done(
    CAST.sales,
    'resolve-commitment',
    await onHandoff(tale, {
      commitmentId: commitment.id,
      state: 'TASK',
      reference: 'Place the spare firewall',
      reason: null,
    }),
    'The promise gets a home: a task for delivery.',
  );
}

/** Evidence for every item that asks for it, given by one person and verified by another. */
export async function proveChecklist(tale: Tale, showSelfVerification: boolean): Promise<void> {
  const { teller, handoffId } = tale;
  const { handoff } = await teller.read(CAST.sales, 'handoff-for-sales', { id: handoffId });
  const open = ((handoff as Json).checklist as Json[]).filter(
    (item) => item.required && item.status !== 'VERIFIED' && item.status !== 'NOT_APPLICABLE',
  );
  let shown = !showSelfVerification;
  for (const item of open) {
    const provider = holderOf(item.providerRole as string);
    await teller.done(
      provider,
      'submit-evidence',
      await onHandoff(tale, evidenceFor(item, tale.now)),
      `${provider} proves ${String(item.code)}.`,
    );
    const evidenceId = await newestEvidence(tale, item.id as string);
    if (!shown) {
      await teller.refused(
        provider,
        'verify-evidence',
        await onHandoff(tale, { evidenceId }),
        ['SELF_VERIFICATION'],
        'Nobody verifies their own evidence.',
      );
      shown = true;
    }
    await teller.done(
      holderOf(item.verifierRole as string),
      'verify-evidence',
      await onHandoff(tale, { evidenceId }),
      `${holderOf(item.verifierRole as string)} verifies ${String(item.code)}.`,
    );
  }
}

async function newestEvidence({ teller, handoffId }: Tale, itemId: string): Promise<string> {
  const { handoff } = await teller.read(CAST.sales, 'handoff-for-sales', { id: handoffId });
  const item = ((handoff as Json).checklist as Json[]).find(({ id }) => id === itemId);
  const waiting = ((item?.evidence ?? []) as Json[]).find(({ state }) => state === 'SUBMITTED');
  if (!waiting) throw new Error(`No evidence waits at ${itemId}`);
  return waiting.id as string;
}

/** Evidence in the form that the item accepts first. */
function evidenceFor(item: Json, now: Date): Json {
  const code = String(item.code);
  const kind = (item.kinds as string[])[0]!;
  const contentHash = createHash('sha256').update(`${code} ${now.toISOString()}`).digest('hex');
  const document = {
    documentUrl: `https://northwind.sharepoint.com/sites/deals/${code.toLowerCase()}.pdf`,
    documentVersion: '1.0',
    contentHash,
  };
  const signedOn = today(now);
  return {
    itemId: item.id,
    kind,
    title: `${code.replaceAll('_', ' ').toLowerCase()} of Acme`,
    documentId: `DOC-${code}`,
    documentDate: signedOn,
    ...(kind === 'DOCUMENT' || kind === 'CERTIFICATE' || item.needsDocument ? document : {}),
    ...(kind === 'STATEMENT' ? { statement: 'Checked with the client and written into the handoff.' } : {}),
    ...(item.needsSigner || item.needsAllSigners
      ? {
          signers: [
            { name: 'Priya Nair', side: 'CLIENT', signedOn },
            { name: 'Sofia Lindqvist', side: 'PROVIDER', signedOn },
          ],
          certificateUrl: 'https://sign.example.com/certificates/acme',
        }
      : {}),
  };
}
