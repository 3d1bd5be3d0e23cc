import { newId } from '../../src/core/id.js';
import { VendorPause } from '../../src/core/outbox/attempt.entity.js';
import { EffectState } from '../../src/core/outbox/effect.entity.js';
import { select, update } from '../../src/core/statement.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import {
  connectIntegration,
  testIntegration,
  updateIntegrationSettings,
} from '../../src/integrations/connection/connection.commands.js';
import { Vendor } from '../../src/integrations/connection/connection.entity.js';
import { EFFECT_HEADER } from '../../src/integrations/mail/graph.mail.js';
import { adoptEffect, confirmEffect } from '../../src/integrations/outbox/outbox.commands.js';
import { channelPage } from '../../src/sandbox/microsoft/page.js';
import type { FaultRule } from '../../src/sandbox/microsoft/faults.js';
import { open } from '../command/approval.kit.js';
import { importForTest } from '../kit/deal.js';
import { read } from '../rules/handoff.kit.js';
import { useMail } from './mail.kit.js';

const bench = useMail();

/** A deal is closed: one urgent mail to the delivery manager. */
async function closed(): Promise<void> {
  const sales = await bench.world.as('SALES_MANAGER');
  const id = await sales.done(importForTest, read('managed-network-healthy'));
  const deliveryManagerId = await bench.world.idOf('DELIVERY_MANAGER');
  const row = { stage: Stage.IN_REVIEW, submittedAt: bench.suite.clock.at, deliveryManagerId };
  const { gateway } = bench.suite;
  await gateway.transaction(bench.world.tenantId, (tx) => tx.commit([update(Handoff, { id }, row)]));
}

const arm = (rule: FaultRule): number => bench.simulator.world.faults.arm({ operation: 'mail.send', ...rule });
const checksOf = async () => (await bench.connection()).checks.map(({ name, state }) => `${name} ${state}`);

test('a connection is tested by a mail from the mailbox to itself; a permission too many is named', async () => {
  const admin = await bench.world.as('REVOPS_ADMIN');
  const integrationId = await bench.connectGraph();
  expect(await checksOf()).toEqual(['SIGN_IN OK', 'Mail.Send OK', 'MAILBOX OK']);
  await admin.done(testIntegration, { integrationId });
  await bench.dispatch();
  expect(bench.told()).toEqual(['countersign: Countersign: connection test']);
  expect(bench.mails()[0]!.from).toBe(bench.sample.mailbox);
  bench.simulator.people.consent(bench.sample.tid, { roles: ['Sites.Selected', 'Mail.Send', 'Mail.ReadWrite'] });
  bench.known = null;
  await admin.done(testIntegration, { integrationId });
  await bench.dispatch();
  expect(await checksOf()).toEqual(['SIGN_IN OK', 'Mail.Send OK', 'MAILBOX OK', 'Mail.ReadWrite EXCESS']);
  expect((await bench.connection()).state).toBe('CONNECTED');
});

test('one mail: HTML whose words are escaped, the header that names it, nothing of it in the outbox', async () => {
  await bench.connectGraph();
  await closed();
  await bench.tell();
  const [mail, ...more] = bench.mails();
  expect(more).toEqual([]);
  const [effect] = await bench.effects();
  expect(mail).toMatchObject({ contentType: 'HTML', headers: { [EFFECT_HEADER]: effect!.id } });
  expect(effect).toMatchObject({ state: 'DONE', effectClass: 'CONFIRM', vendor: 'MAIL', payload: {} });
  expect(effect!.receipt).toBe(`${EFFECT_HEADER}: ${effect!.id}`);
  const page = channelPage(bench.simulator);
  expect(page).toContain(`Sent Items of ${bench.sample.mailbox} (1)`);
  expect(page).toContain('Open the handoff: https://countersign.example.com/handoffs/');
});

it.each<{ what: string; rule: FaultRule; sent: number }>([
  { what: 'a 500 before it was sent', rule: { kind: 'status', status: 500 }, sent: 0 },
  { what: 'a 500 after it was sent', rule: { kind: 'status', status: 500, at: 'after' }, sent: 1 },
  { what: 'a 504 after it was sent', rule: { kind: 'status', status: 504, at: 'after' }, sent: 1 },
  { what: 'a reset after it was sent', rule: { kind: 'reset', at: 'after' }, sent: 1 },
])('$what: UNKNOWN with a remedy, and never sent again blindly', async ({ rule, sent }) => {
  await bench.connectGraph();
  await closed();
  arm(rule);
  await bench.tell(8);
  await bench.tell();
  expect(bench.mails()).toHaveLength(sent);
  const [effect, ...more] = await bench.effects();
  expect(more).toEqual([]);
  expect(effect).toMatchObject({ state: EffectState.UNKNOWN });
  expect(effect!.remedy).toBe(
    `Look in the Sent Items of ${bench.sample.mailbox} for "${sent ? bench.mails()[0]!.subject : /"(.*)"/.exec(effect!.remedy!)![1]!}" (header ${EFFECT_HEADER}: ${effect!.id}): adoptEffect if it is there, confirmEffect if it is not.`,
  );
  const admin = await bench.world.as('REVOPS_ADMIN');
  if (sent > 0) await admin.done(adoptEffect, { effectId: effect!.id, receipt: 'seen in Sent Items' });
  else await admin.done(confirmEffect, { effectId: effect!.id });
  await bench.dispatch(8);
  expect(bench.mails()).toHaveLength(1);
  expect((await bench.notices()).map(({ state }) => state)).toEqual(['MAILED']);
});

test('a mail that asks for a vote and was lost has a link of its own when somebody has it sent again', async () => {
  await bench.connectGraph();
  await open(bench.world);
  arm({ kind: 'status', status: 504 });
  await bench.tell(8);
  const [lost, ...more] = (await bench.effects()).filter(({ state }) => state === EffectState.UNKNOWN);
  expect(more).toEqual([]);
  await (await bench.world.as('REVOPS_ADMIN')).done(confirmEffect, { effectId: lost!.id });
  await bench.dispatch(8);
  const links = bench.mails().map(({ body }) => /\/approve\/[\w.-]+/.exec(body)?.[0]);
  expect(links.length).toBeGreaterThan(1);
  expect(links).not.toContain(undefined);
  expect(new Set(links).size).toBe(links.length);
});

test('a 429 is waited for, a token that was revoked is replaced, and the mail goes once', async () => {
  await bench.connectGraph();
  await closed();
  arm({ kind: 'status', status: 429, retryAfter: '30' });
  bench.simulator.people.revokeTokens(bench.sample.tid);
  await bench.tell();
  expect(bench.mails()).toEqual([]);
  await bench.dispatch(2);
  expect(bench.mails()).toHaveLength(1);
  expect(bench.simulator.world.log.list('mail.send').map(({ status }) => status)).toEqual([429, 401, 202]);
});

test('the mailbox may not be used: the connection says what is missing, mails wait, and go on after the next sound test', async () => {
  const integrationId = await bench.connectGraph();
  bench.simulator.people.consent(bench.sample.tid, { mailboxes: ['other@northwind-managed.onmicrosoft.com'] });
  await closed();
  await bench.tell(3);
  expect(await bench.connection()).toMatchObject({ state: 'ERROR', reason: 'MAIL_NOT_ALLOWED' });
  const { pauses } = await bench.world.read({ pauses: select(VendorPause, {}) });
  expect(pauses).toMatchObject([{ vendor: 'MAIL', reason: 'DISCONNECTED' }]);
  const admin = await bench.world.as('REVOPS_ADMIN');
  await admin.done(testIntegration, { integrationId });
  await bench.dispatch();
  expect(await checksOf()).toEqual(['SIGN_IN OK', 'Mail.Send MISSING']);
  bench.simulator.people.consent(bench.sample.tid, { mailboxes: [bench.sample.mailbox] });
  await admin.done(testIntegration, { integrationId });
  await bench.dispatch(2);
  expect(await checksOf()).toEqual(['SIGN_IN OK', 'Mail.Send OK', 'MAILBOX OK']);
  expect(bench.told().filter((line) => line.includes('awaits your sign-off'))).toHaveLength(1);
});

test('consent that was given late is seen by the next test, though the token of before has not ended', async () => {
  const { people } = bench.simulator;
  people.consent(bench.sample.tid, { roles: [] });
  const integrationId = await bench.connectGraph();
  expect(await bench.connection()).toMatchObject({ state: 'ERROR' });
  expect(await checksOf()).toEqual(['SIGN_IN OK', 'Mail.Send MISSING']);
  people.consent(bench.sample.tid, { roles: ['Mail.Send'] });
  const admin = await bench.world.as('REVOPS_ADMIN');
  await admin.done(testIntegration, { integrationId });
  await bench.dispatch();
  expect(await bench.connection()).toMatchObject({ state: 'CONNECTED' });
  expect(await checksOf()).toEqual(['SIGN_IN OK', 'Mail.Send OK', 'MAILBOX OK']);
});

test('a mailbox that does not exist is said by the test', async () => {
  await bench.connectGraph({ mailbox: 'nobody@northwind-managed.onmicrosoft.com' });
  expect(await checksOf()).toEqual(['SIGN_IN OK', 'MAILBOX FAILED']);
  expect((await bench.connection()).remedy).toMatch(/Set mailbox to a mailbox/);
});

test('what a connection needs depends on its kind; each finding names its field and remedy', async () => {
  const admin = await bench.world.as('REVOPS_ADMIN');
  const findings = async (settings: Record<string, string>, credentials: Record<string, string> = {}) => {
    const named = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({ name, value }));
    const given = { settings: named(settings), credentials: named(credentials) };
    const about = { vendor: Vendor.MAIL, name: 'Mail', baseUrl: 'https://outlook.office.com' };
    const found = await admin.refused(connectIntegration, { ...about, ...given });
    expect(found.every(({ remedy }) => remedy.length > 10)).toBe(true);
    return found.map(({ code, path }) => `${code} ${path}`);
  };
  expect(await findings({})).toEqual(['CONNECTION_FIELD_MISSING settings.kind']);
  expect(await findings({ kind: 'FAX' })).toEqual(['CONNECTION_FIELD_INVALID settings.kind']);
  const directoryId = newId();
  expect(await findings({ kind: 'GRAPH', directoryId, mailbox: 'a@b.example\r\nBcc: c@d.example', host: 'x' })).toEqual(
    [
      'CONNECTION_FIELD_UNKNOWN settings.3',
      'CONNECTION_FIELD_INVALID settings.mailbox',
      'CONNECTION_FIELD_MISSING credentials.clientId',
    ],
  );
  expect(await findings({ kind: 'SMTP', from: 'x', host: 'h', tls: 'MAYBE' }, { user: 'u', clientId: 'c' })).toEqual([
    'CONNECTION_FIELD_INVALID settings.from',
    'CONNECTION_FIELD_INVALID settings.tls',
    'CONNECTION_FIELD_UNKNOWN credentials.1',
    'CONNECTION_FIELD_MISSING credentials.password',
  ]);
  const integrationId = await bench.connectGraph();
  const settings = [{ name: 'kind', value: 'SMTP' }];
  const change = { integrationId, expectedRevision: 1, baseUrl: 'https://outlook.office.com', settings };
  const { found } = { found: await admin.refused(updateIntegrationSettings, change) };
  expect(found.map(({ path }) => path)).toEqual(['settings.from', 'settings.host']);
});
