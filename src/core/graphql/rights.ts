import {
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  type DocumentNode,
  getNamedType,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { Extensions } from 'type-graphql';
import { type Ability, allows } from '../ability.js';
import type { Actor } from '../actor.js';

/** Kinds of field that not every role may read (issue 1, the matrix of role x action x resource x field). */
export type FieldClass = 'COST' | 'MARGIN' | 'COMMERCIAL' | 'PERSONAL' | 'CREDENTIAL';
export const FIELD_CLASSES: readonly FieldClass[] = ['COST', 'MARGIN', 'COMMERCIAL', 'PERSONAL', 'CREDENTIAL'];

interface Right {
  readonly action: string;
  readonly subject: string;
}

interface FieldRights {
  readonly right?: Right;
  readonly command?: string;
  readonly services?: boolean;
  readonly fieldClass?: FieldClass;
}

/** Declares what a root query or subscription needs: without it the server does not boot. */
export function Allow(action: string, subject: string): MethodDecorator & PropertyDecorator {
  return Extensions({ rights: { right: { action, subject } } satisfies FieldRights });
}

/** Declares the command that a mutation runs; its action is the mutation's right. */
export function Runs(command: {
  name: string;
  action: string;
  subject: string;
  services?: boolean;
}): MethodDecorator & PropertyDecorator {
  const { name, action, subject, services = true } = command;
  return Extensions({ rights: { command: name, services, right: { action, subject } } satisfies FieldRights });
}

/** Marks a field that only roles with the right to see its class may ask for. */
export function Sensitive(fieldClass: FieldClass): MethodDecorator & PropertyDecorator {
  return Extensions({ rights: { fieldClass } satisfies FieldRights });
}

function rightsOf(field: { extensions?: Readonly<Record<string, unknown>> }): FieldRights {
  return field.extensions?.rights ?? {};
}

/** A root field and what it needs. */
export interface RootRight {
  readonly operation: 'query' | 'mutation' | 'subscription';
  readonly field: string;
  readonly right: Right | null;
  readonly command: string | null;
  /** Whether API keys may at all. */
  readonly services: boolean;
}

/** Every root field and what it needs, for the matrix and for the check at boot. */
export function rootRights(schema: GraphQLSchema): RootRight[] {
  const roots: [RootRight['operation'], GraphQLObjectType | null | undefined][] = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ];
  return roots.flatMap(([operation, type]) =>
    Object.values(type?.getFields() ?? {}).map((field) => {
      const { right = null, command = null, services = true } = rightsOf(field);
      return { operation, field: field.name, right, command, services };
    }),
  );
}

/** Every field of a class, as `Type.field`, for the matrix. */
export function sensitiveFields(schema: GraphQLSchema): { path: string; fieldClass: FieldClass }[] {
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type)
      ? Object.values(type.getFields()).flatMap((field) => {
          const { fieldClass } = rightsOf(field);
          return fieldClass ? [{ path: `${type.name}.${field.name}`, fieldClass }] : [];
        })
      : [],
  );
}

/** Refuses to boot with a root field whose right nobody declared: fail closed (design 3). */
export function assertRightsDeclared(schema: GraphQLSchema): void {
  const open = rootRights(schema).filter(
    (root) => !root.right || (root.operation === 'mutation' && root.command !== root.field),
  );
  if (open.length > 0) {
    throw new Error(`Root fields without a declared right or command: ${open.map((root) => root.field).join(', ')}`);
  }
}

/**
 * Checks a whole operation before any of it runs: the right of every root field and the class of every field asked.
 * Refusing the operation rather than blanking fields keeps a client from taking "hidden" for "empty".
 */
export function assertMayAsk(schema: GraphQLSchema, document: DocumentNode, actor: Actor, ability: Ability): void {
  const denied = new Map<string, string>();
  const info = new TypeInfo(schema);
  const roots = new Set([schema.getQueryType()?.name, schema.getSubscriptionType()?.name]);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field() {
        const field = info.getFieldDef();
        const parent = info.getParentType();
        if (!field || !parent) return;
        const { right, fieldClass } = rightsOf(field);
        const path = `${getNamedType(parent).name}.${field.name}`;
        if (right && roots.has(parent.name) && !allows(ability, right.action, right.subject)) {
          denied.set(path, `needs the right to ${right.action} ${right.subject}`);
        }
        if (fieldClass && !allows(ability, 'see', fieldClass))
          denied.set(path, `needs the right to see ${fieldClass} fields`);
      },
    }),
  );
  if (denied.size === 0) return;
  const paths = [...denied].map(([path, need]) => `${path} ${need}`);
  throw new GraphQLError(`You may not ask for: ${paths.join('; ')}.`, {
    extensions: {
      code: 'FORBIDDEN',
      fields: [...denied.keys()],
      roles: actor.roles,
      remedy: 'Leave these fields out, or ask a RevOps administrator for a role that has the right.',
    },
  });
}
