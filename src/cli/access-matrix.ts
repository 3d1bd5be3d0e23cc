import { type Ability, abilityOf, allows } from '../core/ability.js';
import type { Actor } from '../core/actor.js';
import { FIELD_CLASSES, rootRights, sensitiveFields } from '../core/graphql/rights.js';
import { API_SCOPES } from '../identity/api-key.entity.js';
import { Role } from '../identity/roles.js';
import { ABILITIES } from '../abilities.js';
import { buildApiSchema } from '../schema.js';

/** One line of the matrix: what, and whether each role may. */
export interface MatrixRow {
  readonly kind: 'query' | 'mutation' | 'subscription' | 'field class';
  readonly name: string;
  readonly action: string;
  readonly subject: string;
  readonly allowed: Readonly<Record<Role, Verdict>>;
}

type Verdict = 'yes' | 'some' | 'no';

const ROLES = Object.values(Role);

/** An actor with one role and nothing else; an integrator with every scope, since scopes only narrow. */
export function exampleActor(
  role: Role,
  tenantId = '00000000-0000-7000-8000-000000000000',
  id = '00000000-0000-7000-8000-000000000001',
): Actor {
  const service = role === Role.INTEGRATOR;
  return {
    kind: service ? 'SERVICE' : 'PERSON',
    tenantId,
    id,
    accountId: null,
    roles: [role],
    scopes: service ? [...API_SCOPES] : [],
    authTime: null,
  };
}

interface Example {
  readonly role: Role;
  readonly actor: Actor;
  readonly ability: Ability;
}

/** `some` means: on rows that meet a condition, such as one's own. */
function verdict({ actor, ability }: Example, action: string, subject: string, services: boolean): Verdict {
  if ((actor.kind === 'SERVICE' && !services) || !allows(ability, action, subject)) return 'no';
  return ability.rulesFor(action, subject).some((rule) => !rule.conditions) ? 'yes' : 'some';
}

/** Every root field and every class of field, by role, from the abilities themselves. */
export function accessMatrix(): MatrixRow[] {
  const examples = ROLES.map((role): Example => {
    const actor = exampleActor(role);
    return { role, actor, ability: abilityOf(actor, ABILITIES) };
  });
  const row = (
    kind: MatrixRow['kind'],
    name: string,
    action: string,
    subject: string,
    services: boolean,
  ): MatrixRow => ({
    kind,
    name,
    action,
    subject,
    allowed: Object.fromEntries(
      examples.map((example) => [example.role, verdict(example, action, subject, services)]),
    ) as MatrixRow['allowed'],
  });
  const roots = rootRights(buildApiSchema()).map(({ operation, field, right, services }) =>
    row(operation, field, right!.action, right!.subject, services),
  );
  return [...roots, ...FIELD_CLASSES.map((fieldClass) => row('field class', fieldClass, 'see', fieldClass, true))];
}

/** The matrix as Markdown: docs/access-matrix.md. */
export function matrixText(): string {
  const head = `| what | needs | ${ROLES.join(' | ')} |\n| --- | --- | ${ROLES.map(() => '---').join(' | ')} |`;
  const line = (r: MatrixRow): string =>
    `| \`${r.name}\` | ${r.action} ${r.subject} | ${ROLES.map((role) => r.allowed[role]).join(' | ')} |`;
  const rows = accessMatrix();
  const section = (kind: MatrixRow['kind'], title: string): string =>
    `## ${title}\n\n${head}\n${rows
      .filter((r) => r.kind === kind)
      .map(line)
      .join('\n')}\n`;
  const fields = sensitiveFields(buildApiSchema())
    .map(({ path, fieldClass }) => `| \`${path}\` | ${fieldClass} |`)
    .toSorted();
  return [
    '# Who may do what',
    "Generated from the abilities by `npm run countersign matrix`; a test compares it and tries every cell over GraphQL. `some` means: on rows that meet a condition, such as one's own. No role has everything. What a row's own rules demand beyond the role (another person than the requester, the stage, the verifier's role) stands with each mutation; a handoff that somebody may not read is not there for any of them, whatever the cell says.",
    section('query', 'Queries'),
    section('mutation', 'Mutations'),
    section('subscription', 'Subscriptions'),
    section('field class', 'Classes of field'),
    `## Fields of a class\n\n| field | class |\n| --- | --- |\n${fields.join('\n')}\n`,
  ].join('\n\n');
}
