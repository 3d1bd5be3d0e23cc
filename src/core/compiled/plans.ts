import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getVariableValues,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type VariableNode,
  visit,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import type { Ability } from '../ability.js';
import { ActorChanged } from '../assumed-actor.js';
import { AppError } from '../error.js';
import { isStatementError, isStatementTimeout } from '../sql-error.js';
import type { RequestContext } from '../graphql/context.js';
import type { AskedQuery } from '../graphql/before-executor.js';
import type { Query } from '../statement.js';
import { Resolving } from './holes.js';
import { NotCompiled, type Reading, readingOf, recording } from './recording-reader.js';
import { CompiledRoot, type StatementPlaces } from './root.js';
import { SchemaTypes } from './schema-types.js';

/** Plans that are kept; the one used longest ago goes first. */
const MOST_PLANS = 1_000;

/** How often an operation was answered by a plan, and how often in the ordinary way. */
export interface PlanCounts {
  compiled: number;
  ordinary: number;
  kept: number;
}

/** The database had no room for the statement, or no time. */
class Overload extends Error {
  constructor(readonly refusal: AppError) {
    super(refusal.message);
  }
}

/** What came of a flush that failed; an actor who changed is another matter, and begins again. */
function failureOf(error: unknown): unknown {
  if (isStatementTimeout(error)) {
    const remedy = 'Ask for smaller pages or fewer fields, in several requests.';
    return new Overload(new AppError('UNAVAILABLE', 'The database took too long.', { remedy }));
  }
  const isRefusal = error instanceof AppError && !(error instanceof ActorChanged);
  return isRefusal && ['BUSY', 'UNAVAILABLE'].includes(error.code) ? new Overload(error) : error;
}

/** Root fields by response key, as far as they have been compiled. */
type Plan = Map<string, CompiledRoot>;

/**
 * Queries as single statements. An operation is compiled once for a document, the values that decide which of its fields
 * are asked, and the shape of the actor's abilities; then each root field is one statement that builds the answer's text.
 */
export class Plans {
  readonly counts: PlanCounts = { compiled: 0, ordinary: 0, kept: 0 };
  private readonly types: SchemaTypes;
  private readonly plans = new Map<string, Plan>();
  private readonly documents = new WeakMap<DocumentNode, DocumentPart>();
  private readonly places: StatementPlaces = { left: 200 };
  private documentsSeen = 0;

  constructor(private readonly schema: GraphQLSchema) {
    this.types = new SchemaTypes();
  }

  /**
   * The text of `data`, or null when the operation has to be executed in the ordinary way.
   * @throws AppError BUSY or UNAVAILABLE: what the database has no room for now is not asked a second time.
   */
  async answer(asked: AskedQuery, context: RequestContext): Promise<string | null> {
    try {
      const answer = await this.compiled(asked, context);
      this.counts.compiled++;
      return answer;
    } catch (error) {
      if (error instanceof Overload) throw error.refusal;
      // Whatever is wrong with it, the executor says it in the words of the specification.
      this.counts.ordinary++;
      // It starts afresh: with rows that are known already, errors would come in another order.
      context.reader.clear();
      if (isStatementError(error)) context.log.warn({ err: error }, 'a compiled operation failed');
      return null;
    }
  }

  private async compiled(
    { document, operation, variables: raw }: AskedQuery,
    context: RequestContext,
  ): Promise<string> {
    const { coerced } = getVariableValues(this.schema, operation.variableDefinitions ?? [], raw);
    if (!coerced) throw new NotCompiled();
    const part = this.partOf(document);
    const { fragments } = part;
    const type = this.schema.getQueryType()!;
    const roots = collectFields(this.schema, fragments, coerced, type, operation.selectionSet);
    const plan = this.planFor(part, operation, coerced, context.ability);
    const compilation = {
      schema: this.schema,
      fragments,
      variables: coerced,
      types: this.types,
      ability: context.ability,
    };
    // A response key may be `__proto__`.
    const queries = Object.create(null) as Record<string, Query<string | null>>;
    const asked = await Promise.all(
      [...roots].map(async ([key, nodes]) => {
        if (nodes[0]!.name.value === '__typename') return { key, root: null, isRequired: false };
        const reading = await this.read(nodes, coerced, context);
        const root = plan.get(key) ?? new CompiledRoot(compilation, nodes, reading, this.places);
        plan.set(key, root);
        queries[key] = root.query(reading, context.ability);
        return { key, root, isRequired: reading.kind === 'REQUIRED' };
      }),
    );
    const answers = await context.reader.askAll(queries).catch((error: unknown) => {
      throw failureOf(error);
    });
    const texts = asked.map(async ({ key, root, isRequired }) => {
      if (!root) return `"${key}":"${type.name}"`;
      const answer = answers[key] ?? null;
      if (answer === null && isRequired) throw new NotCompiled();
      const { projection, holes } = root;
      const resolving = new Resolving(context, coerced, (of, nodes) => projection.subfields(of, nodes));
      return `"${key}":${answer === null ? 'null' : await resolving.fill(answer, holes)}`;
    });
    return `{${(await Promise.all(texts)).join(',')}}`;
  }

  /** What the resolver of a root field would read, with its arguments checked as ever. */
  private async read(
    nodes: readonly FieldNode[],
    variables: Record<string, unknown>,
    context: RequestContext,
  ): Promise<Reading> {
    const field = this.schema.getQueryType()!.getFields()[nodes[0]!.name.value];
    if (!field?.resolve) throw new NotCompiled();
    const args = getArgumentValues(field, nodes[0]!, variables);
    const { actor, ability } = context;
    const { reader, refused } = recording();
    const answered = (async () => field.resolve!(undefined, args, { actor, ability, reader }, undefined as never))();
    const reading = readingOf(await Promise.race([answered, refused]));
    if (!reading) throw new NotCompiled();
    return reading;
  }

  private planFor(
    { number, deciding }: DocumentPart,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
    ability: Ability,
  ): Plan {
    const decided = deciding.map((name) => String(variables[name])).join();
    const key = `${number} ${operation.name?.value ?? ''} ${decided} ${shapeOf(ability)}`;
    const known = this.plans.get(key) ?? new Map<string, CompiledRoot>();
    this.plans.delete(key);
    this.plans.set(key, known);
    if (this.plans.size > MOST_PLANS) this.plans.delete(this.plans.keys().next().value!);
    this.counts.kept = this.plans.size;
    return known;
  }

  private partOf(document: DocumentNode): DocumentPart {
    const known = this.documents.get(document);
    if (known) return known;
    const part = {
      number: this.documentsSeen++,
      fragments: fragmentsOf(document),
      deciding: decidingVariables(document),
    };
    this.documents.set(document, part);
    return part;
  }
}

/** What of a document is looked at once. */
interface DocumentPart {
  readonly number: number;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  /** Variables of @skip and @include, and of arguments within: they decide what is asked. */
  readonly deciding: readonly string[];
}

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  return Object.fromEntries(
    document.definitions.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [[d.name.value, d] as const] : [])),
  );
}

function decidingVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  const collect = { Variable: ({ name }: VariableNode) => void names.add(name.value) };
  visit(document, { Directive: (directive) => void visit(directive, collect) });
  return [...names].sort();
}

const shapes = new WeakMap<Ability, string>();
const numbers = new Map<string, string>();

/** The same for two actors whose rules differ in nothing but the values that they compare with. */
function shapeOf(ability: Ability): string {
  const known = shapes.get(ability);
  if (known) return known;
  const rules = ability.rules.map(({ action, subject, inverted, conditions }) => [
    action,
    subject,
    inverted ?? false,
    conditions ? Object.entries(conditions).map(([property, value]) => [property, kindOf(value)]) : null,
  ]);
  const text = JSON.stringify(rules);
  const shape = numbers.get(text) ?? String(numbers.size);
  numbers.set(text, shape);
  shapes.set(ability, shape);
  return shape;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray((value as { $in?: unknown }).$in) ? '$in' : 'is';
}
