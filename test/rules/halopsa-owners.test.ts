import { LosslessNumber } from 'lossless-json';
import { agentIdsOf } from '../../src/integrations/halopsa/agents.rules.js';
import { asTaskChange } from '../../src/integrations/halopsa/project-content.rules.js';

const agent = (id: number, email: string, more: object = {}) => ({
  id: new LosslessNumber(String(id)),
  email,
  ...more,
});

it.each([
  { why: 'an address in other letters', agents: [agent(7, ' Dana@MSP.example ')], found: [['dana@msp.example', 7]] },
  { why: 'an address that two have', agents: [agent(7, 'a@b.example'), agent(8, 'A@b.example')], found: [] },
  { why: 'three of one address', agents: [7, 8, 9].map((id) => agent(id, 'a@b.example')), found: [] },
  { why: 'somebody who left', agents: [agent(7, 'a@b.example', { isdisabled: true })], found: [] },
  { why: 'an application', agents: [agent(7, 'a@b.example', { isapiagent: true })], found: [] },
  { why: 'no address', agents: [agent(7, ''), { id: new LosslessNumber('8') }], found: [] },
  {
    why: 'somebody who left beside somebody who stayed',
    agents: [agent(7, 'a@b.example', { isdisabled: true }), agent(8, 'a@b.example')],
    found: [['a@b.example', 8]],
  },
])('who is an owner in HaloPSA: $why', ({ agents, found }) => {
  expect([...agentIdsOf(agents)]).toEqual(found);
});

it('a dependency that stands is written under its id, a new one without, and nothing else is touched', () => {
  const content = { summary: 'x', date_dependencies: [{ dependentfaultid: 5 }, { dependentfaultid: 6 }] };
  const there = { date_dependencies: [{ id: 50, dependentfaultid: 5 }] };
  expect(asTaskChange(content, there)).toEqual({
    summary: 'x',
    date_dependencies: [{ id: 50, dependentfaultid: 5 }, { dependentfaultid: 6 }],
  });
  expect(asTaskChange({ summary: 'x' }, there)).toEqual({ summary: 'x' });
});
