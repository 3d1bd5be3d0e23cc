import { castVote } from '../../src/approval/approval.commands.js';
import { openVoteLink } from '../../src/approval/vote-link.commands.js';
import { EffectState } from '../../src/core/outbox/effect.entity.js';
import { confirmEffect } from '../../src/integrations/outbox/outbox.commands.js';
import { CardEvent, CardState } from '../../src/integrations/microsoft/teams/teams-card.entity.js';
import { ask, ballotOn, bring, handoffOf, plainPolicy } from '../command/exception.kit.js';
import { playStory } from '../kit/story.js';
import { PUBLIC_URL, type ShownCard, useTeams } from './teams.kit.js';

const teams = useTeams();
const { bench } = teams;

const textsOf = (card: ShownCard): string[] =>
  card.body.flatMap(({ text, facts = [] }) => [...(text ? [text] : []), ...facts.map(({ value }) => value)]);
const linesAfter = (card: ShownCard, title: string): string[] => {
  const texts = card.body.map(({ text }) => text?.replaceAll('\\', '') ?? '');
  const from = texts.indexOf(title) + 1;
  const rest = texts.slice(from);
  const end = rest.findIndex((text) => ['First 30 days', 'Open risks', 'Open decisions', 'Escalation'].includes(text));
  return rest.slice(0, end === -1 ? undefined : end);
};

test('a request for votes mentions who may vote, opens for each of them once, and says no figure and no reason', async () => {
  bench.world = await bench.suite.tenant(plainPolicy);
  await teams.connect({ topics: 'APPROVALS' });
  const sales = await bench.world.as('SALES_MANAGER');
  const handoffId = await bring(sales, { id: 9001, price: 1000, cost: 760 });
  const requestId = await ask(bench.world, sales, handoffId);
  await teams.work();
  const [card, ...more] = teams.cards();
  expect(more).toEqual([]);
  const { number } = await handoffOf(bench.world, handoffId);
  expect(card!.body[0]!.text).toBe(`Approval asked: margin exception of ${number}`);
  const finance = bench.world.configuration.people.filter(({ roles }) =>
    (roles as string[]).includes('FINANCE_APPROVER'),
  );
  const mentioned = card!.msteams.entities!.map((one) => one.mentioned.id);
  expect(mentioned.toSorted()).toEqual(expect.arrayContaining([finance[0]!.accounts[0]!.oid]));
  expect(mentioned).not.toContain(
    bench.world.configuration.people.find(({ id }) => id === sales.actor.id)?.accounts[0]!.oid,
  );
  const words = JSON.stringify(textsOf(card!));
  expect(words).not.toMatch(/760|1,?000|24[.,]0|%|foothold|GBP|£/);
  const buttons = card!.actions!.slice(0, -1);
  expect(card!.actions!.at(-1)!.url).toBe(`${PUBLIC_URL}/handoffs/${handoffId}`);
  const own = buttons.find(({ title }) => title === `Open as ${finance[0]!.name}`)!;
  expect(own.url).toMatch(new RegExp(`^${PUBLIC_URL}/approve/[0-9a-f-]{36}\\.[0-9a-f-]{36}\\.[\\w-]{43}$`));
  const token = own.url.slice(`${PUBLIC_URL}/approve/`.length);
  const voter = await bench.world.as(finance[0]!.key);
  const stranger = await bench.world.as('SERVICE_DELIVERY_LEAD');
  expect((await stranger.refused(openVoteLink, { token })).map(({ code }) => code)).toEqual(['LINK_NOT_YOURS']);
  await voter.done(openVoteLink, { token });
  expect((await voter.refused(openVoteLink, { token })).map(({ code }) => code)).toEqual(['LINK_USED']);
  expect(await bench.world.rows('select 1 from approval_vote where tenant_id = $1', [])).toEqual([]);
  await voter.done(castVote, await ballotOn(bench.world, requestId));
  await teams.work();
  expect(teams.titles().slice(1)).toEqual([`Approval given: margin exception of ${number}`]);
  expect(bench.count('run.failed')).toBe(0);
});

test('a request whose card was lost is told with new links once somebody confirms that it is not there', async () => {
  bench.world = await bench.suite.tenant(plainPolicy);
  await teams.connect({ topics: 'APPROVALS' });
  const sales = await bench.world.as('SALES_MANAGER');
  await ask(bench.world, sales, await bring(sales, { id: 9003, price: 1000, cost: 760 }));
  teams.arm({ operation: 'workflow.trigger', kind: 'status', status: 504 });
  await teams.work(10);
  expect(teams.cards()).toEqual([]);
  const unknown = (await teams.effects()).find(({ state }) => state === EffectState.UNKNOWN)!;
  await (await bench.world.as('REVOPS_ADMIN')).done(confirmEffect, { effectId: unknown.id });
  await teams.work(10);
  const [card] = teams.cards();
  const voter = await bench.world.as('FINANCE_APPROVER');
  expect(card!.msteams.entities!.map(({ mentioned }) => mentioned.id)).toContain(teams.oidOf('FINANCE_APPROVER'));
  const links = card!.actions!.flatMap(({ url }) => url.split('/approve/')[1] ?? []);
  const opened = await Promise.all(links.map(async (token) => (await voter.run(openVoteLink, { token })).kind));
  expect(opened.filter((kind) => kind === 'done')).toHaveLength(1);
});

test('a request that was settled before its card went out has none, and no link', async () => {
  bench.world = await bench.suite.tenant(plainPolicy);
  await teams.connect({ topics: 'APPROVALS' });
  const sales = await bench.world.as('SALES_MANAGER');
  const handoffId = await bring(sales, { id: 9002, price: 1000, cost: 760 });
  const requestId = await ask(bench.world, sales, handoffId);
  await teams.planner().pass();
  const voter = await bench.world.as('FINANCE_APPROVER');
  await voter.done(castVote, await ballotOn(bench.world, requestId));
  await bench.work({ handlers: teams.handlers() });
  expect(teams.cards()).toEqual([]);
  expect(await teams.rows(requestId)).toMatchObject([{ event: CardEvent.REQUESTED, state: CardState.NOT_NEEDED }]);
  expect(await bench.world.rows('select 1 from vote_link where tenant_id = $1', [])).toEqual([]);
});

test('the digest of a handoff that was signed off: accountable owner, 30 days, risks, decisions, escalation', async () => {
  await teams.connect({ topics: 'SIGN_OFFS' });
  await teams.quiet();
  const { handoffId } = await playStory(bench.world);
  await teams.work();
  const digest = teams.cards().find(({ body }) => body[0]!.text!.endsWith('is signed off'))!;
  const manager = bench.world.configuration.people.find(({ key }) => key === 'dana.delivery')!;
  const facts = Object.fromEntries(digest.body[1]!.facts!.map(({ title, value }) => [title, value]));
  expect(facts).toMatchObject({ 'Accountable owner': manager.name, Start: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
  expect(digest.msteams.entities!.map(({ mentioned }) => mentioned.id)).toEqual([manager.accounts[0]!.oid]);
  const days = linesAfter(digest, 'First 30 days');
  const milestones = await bench.world.rows(
    `select m.name from project_milestone m join project p on p.tenant_id = $1 and p.id = m.project_id
     where m.tenant_id = $1 and m.handoff_id = $2 and m.target_on <= p.start_on + 30 order by m.target_on, m.position`,
    [handoffId],
  );
  expect(milestones.length).toBeGreaterThan(0);
  expect(days).toEqual(milestones.map(({ name }) => expect.stringContaining(name as string)));
  expect(linesAfter(digest, 'Open risks')).toEqual([expect.stringMatching(/^(LOW|MEDIUM|HIGH|CRITICAL): /)]);
  expect(linesAfter(digest, 'Escalation')[0]).toMatch(/^Decisions: .+, then .+/);
  expect(textsOf(digest).join(' ')).not.toMatch(/£|GBP|\d %/);
  expect(digest.actions![0]!.url).toBe(`${PUBLIC_URL}/handoffs/${handoffId}`);
  expect(bench.count('run.failed')).toBe(0);
});
