import type { ApprovalLevel } from '../catalogue/configuration.js';
import { AUTOMATIONS, type Automation, GENERAL_ROLLBACK } from './automations.js';
import { type Edition, provenance } from './edition.js';
import type { ClockLine, ConnectionLine, EffectLine, OperationsFacts } from './facts.operations.js';
import { PROCESS_STEPS, ROLE_DUTIES, VENDOR_NEEDS } from './operations.js';
import { type Block, facts, gap, heading, paper, points, small, table, text } from './paper.js';
import { count } from './sentences.js';

/** implementation-runbook.docx: who does what when, by which clock, and how each automation is taken back. */
export function runbook(edition: Edition, operations: OperationsFacts): Promise<Uint8Array> {
  return paper(edition, 'Implementation runbook', finding(edition, operations), [
    ...preconditions(edition, operations),
    ...roles(operations),
    ...steps(operations),
    ...approvals(edition),
    ...clocks(operations),
    ...ladders(operations),
    ...automations(operations),
    ...connections(operations),
    ...verification(edition),
  ]);
}

const attention = ({ effects }: OperationsFacts): number => effects.reduce((sum, effect) => sum + effect.attention, 0);

function finding({ tenantName }: Edition, operations: OperationsFacts): string {
  const filled = ROLE_DUTIES.filter(({ role }) => operations.members.has(role)).length;
  const open = attention(operations);
  const state =
    open === 0 ? 'no side effect waits for a person' : `${count(open, 'side effect')} for a person to look at`;
  return `${tenantName}: ${filled} of ${ROLE_DUTIES.length} roles are filled, ${count(operations.connections.length, 'connection')}, ${state}.`;
}

function preconditions(edition: Edition, operations: OperationsFacts): Block[] {
  const faulty = operations.connections.filter(({ state }) => state === 'ERROR');
  const missing = ROLE_DUTIES.filter(({ role }) => !operations.members.has(role)).map(({ name }) => name);
  return [
    small(provenance(edition)),
    text(
      'Execute the steps in order. Do not skip approval and verification gates even if steps look routine (document 002).',
      { bold: true },
    ),
    heading('Preconditions'),
    facts([
      [
        'Access',
        faulty.length === 0
          ? 'Every connection that there is works.'
          : `Not working: ${faulty.map(({ vendor, reason }) => `${vendor} (${reason ?? 'unknown'})`).join(', ')}.`,
      ],
      ['Roles', missing.length === 0 ? 'Every role has a member.' : `Without a member: ${missing.join(', ')}.`],
      [
        'Escalation',
        `${count(operations.ladders.length, 'ladder')} configured; each further person is told after ${operations.every}.`,
      ],
      [
        'Baselines',
        'Freeze a baseline for every KPI with a target before the first pilot handoff (freezeKpiBaseline).',
      ],
    ]),
    gap(),
  ];
}

function roles({ members }: OperationsFacts): Block[] {
  return [
    heading('1. Roles and people'),
    table(
      [
        { title: 'Role', share: 0.2 },
        { title: 'People', share: 0.3 },
        { title: 'Answers for', share: 0.5 },
      ],
      ROLE_DUTIES.map(({ role, name, duty }) => [name, members.get(role) ?? ['nobody'], duty]),
    ),
    gap(),
  ];
}

function steps({ clocks: lines }: OperationsFacts): Block[] {
  const settingOf = (key: string): string | undefined => lines.find((line) => line.key === key)?.setting;
  return [
    heading('2. Steps'),
    ...PROCESS_STEPS.flatMap(({ name, trigger, owner, action, gate, clock, rollback }, index): Block[] => {
      const setting = clock && settingOf(clock);
      return [
        heading(`Step ${index + 1}: ${name}`, 2),
        facts([
          ['Trigger', trigger],
          ['Owner', owner],
          ['Does', action],
          ['Quality gate', gate],
          ['Clock', clock && setting ? `${clock}: ${setting}` : 'None'],
          ['Roll back', rollback],
        ]),
      ];
    }),
    gap(),
  ];
}

const levelText = ({ approvers, roles: allowed, steps: groups, freshSignInMinutes }: ApprovalLevel): string => {
  const who =
    groups === undefined
      ? `${approvers ?? 0} of ${(allowed ?? []).join(', ')}`
      : groups
          .map(
            (group) =>
              `${group.name}: ${group.approvers} of ${[...(group.roles ?? []), ...(group.people ?? [])].join(', ')}`,
          )
          .join('; ');
  return freshSignInMinutes === undefined ? who : `${who}; signed in within ${freshSignInMinutes} minutes`;
};

function approvals({ configuration: { approvalPolicy } }: Edition): Block[] {
  const { marginException, rebaseline, configurationChange, breakGlass } = approvalPolicy;
  const ways = [
    ...(
      [
        ['Margin exception', marginException],
        ['Rebaseline', rebaseline],
      ] as const
    ).flatMap(([name, rule]) => [
      [`${name}, below materiality`, levelText(rule.below)],
      [`${name}, above materiality`, levelText(rule.above)],
      ...(rule.grave ? [[`${name}, grave`, levelText(rule.grave.level)]] : []),
    ]),
    ['Change of policy', levelText(configurationChange)],
    [
      'Emergency',
      breakGlass && breakGlass.people.length > 0
        ? `${breakGlass.approvers} of ${breakGlass.people.length} named people, for ${breakGlass.minutes} minutes; reviewed within ${breakGlass.reviewHours} hours`
        : 'Nobody may pass a gate in an emergency.',
    ],
  ];
  return [
    heading('3. Approval checkpoints'),
    text('Requester, owner and everybody who wrote on the content never count; two votes are two natural persons.'),
    table(
      [
        { title: 'What', share: 0.34 },
        { title: 'Who approves', share: 0.66 },
      ],
      ways.map(([what, who]) => [what!, who!]),
    ),
    gap(),
  ];
}

function clocks({ clocks: lines }: OperationsFacts): Block[] {
  return [
    heading('4. SLA clocks'),
    table(
      [
        { title: 'Clock', share: 0.34 },
        { title: 'Runs', share: 0.26 },
        { title: 'By deal type', share: 0.4 },
      ],
      lines.map(({ key, setting, byDealType }: ClockLine) => [
        key,
        setting,
        byDealType.length === 0 ? '–' : byDealType,
      ]),
    ),
    gap(),
  ];
}

function ladders({ ladders: lines, every }: OperationsFacts): Block[] {
  return [
    heading('5. Escalation ladders'),
    text(`The first person is told when a deadline has passed, each further one after another ${every}.`),
    table(
      [
        { title: 'Topic', share: 0.25 },
        { title: 'Who is told, in this order', share: 0.75 },
      ],
      lines.map(({ topic, people }) => [topic, people.map((person, index) => `${index + 1}. ${person}`)]),
    ),
    gap(),
  ];
}

function automations({ effects }: OperationsFacts): Block[] {
  return [
    heading('6. Automations and how each is taken back'),
    ...points(GENERAL_ROLLBACK),
    ...AUTOMATIONS.flatMap((automation): Block[] => [
      heading(automation.name, 2),
      facts([
        ['Trigger', automation.trigger],
        ['Does', automation.does],
        ['Effects', `${automation.kinds.join(', ')}: ${effectsText(automation, effects)}`],
        ['Roll back', automation.rollback.map((step, index) => `${index + 1}. ${step}`)],
      ]),
    ]),
    gap(),
  ];
}

function effectsText({ kinds }: Automation, effects: readonly EffectLine[]): string {
  const own = effects.filter(({ kind }) => kinds.includes(kind));
  const sum = (of: (effect: EffectLine) => number): number => own.reduce((total, effect) => total + of(effect), 0);
  return `${sum(({ done }) => done)} done, ${sum(({ waiting }) => waiting)} waiting, ${sum(({ attention: open }) => open)} for a person to look at`;
}

function connections({ connections: lines }: OperationsFacts): Block[] {
  return [
    heading('7. Connections and permissions'),
    text(
      'Each connection has the least permissions that work; what a token may beyond that is named as EXCESS and reviewed each quarter.',
    ),
    table(
      [
        { title: 'System', share: 0.14 },
        { title: 'State', share: 0.2 },
        { title: 'For', share: 0.22 },
        { title: 'Permissions', share: 0.24 },
        { title: 'Revoke', share: 0.2 },
      ],
      VENDOR_NEEDS.map(({ vendor, name, purpose, permissions, revoke }) => [
        name,
        stateOf(lines.filter((line) => line.vendor === vendor)),
        purpose,
        permissions,
        revoke,
      ]),
    ),
    gap(),
  ];
}

function stateOf(lines: readonly ConnectionLine[]): string[] {
  if (lines.length === 0) return ['Not connected'];
  return lines.map(({ name, state, reason, checkedAt, faults }) => {
    const why = reason === null ? '' : ` (${reason})`;
    const checked = checkedAt ? `, checked ${checkedAt.toISOString().slice(0, 10)}` : '';
    return `${name}: ${state}${why}${checked}${faults.length === 0 ? '' : `; ${faults.join(', ')}`}`;
  });
}

function verification({ checkpoint }: Edition): Block[] {
  const size = checkpoint
    ? `The newest signed checkpoint covers ${checkpoint.size} entries (key ${checkpoint.keyId}).`
    : 'There is no signed checkpoint yet.';
  return [
    heading('8. Verification'),
    text(size),
    ...points([
      'countersign ledger key prints the key to trust; get it from whoever runs Countersign, not from a file that it checks.',
      'countersign ledger export writes the ledger; countersign ledger verify checks it from its file alone.',
      'countersign ledger check-proof checks the proofs that stand in the proof brief and in every evidence pack.',
    ]),
  ];
}
