import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getVariableValues,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type VariableNode,
  visit,
} from 'graphql';
import type { Ability } from '../ability.js';
import { ActorChanged } from '../assumed-actor.js';
import { AppError, DatabaseUnreachable } from '../error.js';
import { isStatementError, isStatementTimeout } from '../sql-error.js';
import type { RequestContext } from '../graphql/context.js';
import type { AskedQuery } from '../graphql/before-executor.js';
import { isLarge } from '../graphql/large-answers.js';
import { PassingText } from '../passing-text.js';
import { brief, type Query } from '../statement.js';
import { filled } from './holes.js';
import { KeptPlans } from './kept-plans.js';
import type { Compilation } from './projection.js';
import { NotCompiled, type Reading, readingOf, recording } from './recording-reader.js';
import { CompiledRoot, type StatementPlaces } from './root.js';
import { SchemaTypes } from './schema-types.js';
import { Selections } from './selections.js';
import { type Asker, Writers } from './writers.js';

/** Plans that are kept, and their fields together, each of which takes a kilobyte with its part of the document. */
const MOST_PLANS = 1_000;
const MOST_FIELDS = 50_000;

/** How often statements wrote the whole answer of an operation, and how often resolvers had a root field of it, or the executor all. */
export interface PlanCounts {
  compiled: number;
  ordinary: number;
  kept: number;
}

/** What is told when the database had no room or no time for a statement; null for what the executor tells. */
function refusalIn(error: unknown): AppError | null {
  if (isStatementTimeout(error)) {
    const remedy = 'Ask for smaller pages or fewer fields, in several requests.';
    return new AppError('UNAVAILABLE', 'The database took too long.', { remedy });
  }
  if (error instanceof DatabaseUnreachable) return error;
  // An actor who changed is another matter, and begins again.
  return error instanceof AppError && error.code === 'BUSY' && !(error instanceof ActorChanged) ? error : null;
}

/** A root field's part of `data`. */
const keyed = (key: string, text: string): PassingText => new PassingText(`"${key}":${text}`);

/** How an operation is answered. */
interface Plan extends Compilation {
  /** Root fields by response key, as far as they have been compiled. */
  readonly compiled: Map<string, CompiledRoot>;
}

/**
 * Queries as texts. A plan is made once for a document, the values that decide which of its fields are asked, and the shape
 * of the actor's abilities. A root field that reads rows is one statement then, which builds the answer's text; every other
 * one is written by its resolvers.
 */
export class Plans {
  readonly counts: PlanCounts = { compiled: 0, ordinary: 0, kept: 0 };
  private readonly types = new SchemaTypes();
  private readonly queryType: GraphQLObjectType;
  private readonly plans = new KeptPlans<Plan>(MOST_PLANS, MOST_FIELDS);
  private readonly documents = new WeakMap<DocumentNode, DocumentPart>();
  private readonly places: StatementPlaces = { left: 200 };
  private documentsSeen = 0;

  /** Without statements every root field is written by its resolvers. */
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly hasStatements = true,
  ) {
    this.queryType = schema.getQueryType()!;
  }

  /**
   * The text of `data`, or null when the operation has to be executed in the ordinary way.
   * @throws AppError BUSY or UNAVAILABLE: what the database has no room for now is not asked a second time.
   */
  async answer(asked: AskedQuery, context: RequestContext): Promise<PassingText | null> {
    try {
      // Apart, for the executor starts afresh: with rows that are known already, errors would come in another order.
      const { data, isCompiled } = await this.answered(asked, context.apart());
      this.counts[isCompiled ? 'compiled' : 'ordinary']++;
      return data;
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal) throw refusal;
      // Whatever is wrong with it, the executor says it in the words of the specification.
      this.counts.ordinary++;
      if (isStatementError(error)) context.log.warn({ err: error }, 'a compiled operation failed');
      return null;
    }
  }

  /** The text of `data`, and whether statements wrote all of it. */
  private async answered(asked: AskedQuery, context: RequestContext) {
    const { document, operation, variables } = asked;
    const { coerced } = getVariableValues(this.schema, operation.variableDefinitions ?? [], variables);
    if (!coerced) throw new NotCompiled();
    const asker: Asker = { context, variables: coerced };
    const plan = this.planFor(document, operation, asker);
    const mayBeLarge = isLarge(this.schema, asked);
    // A response key may be `__proto__`.
    const queries = Object.create(null) as Record<string, Query<PassingText | null>>;
    const roots = await Promise.all(
      [...plan.selections.roots].map(async ([key, nodes]) => {
        const statement = await this.statementOf(plan, key, nodes, asker);
        if (statement) queries[key] = statement.isOfOneRow && !mayBeLarge ? brief(statement.query) : statement.query;
        return { key, nodes, statement };
      }),
    );
    const answers = context.reader.askAll(queries);
    const texts = roots.map(async ({ key, nodes, statement }) => {
      if (!statement) return keyed(key, await plan.writers.field(this.queryType, nodes)(undefined, asker));
      const answer = (await answers)[key] ?? null;
      if (answer === null && statement.isRequired) throw new NotCompiled();
      const { holes } = statement;
      if (answer === null || holes.length === 0) return keyed(key, answer?.take() ?? 'null');
      return keyed(key, await filled(answer.take(), holes, asker));
    });
    const data = new PassingText(`{${(await Promise.all(texts)).map((text) => text.take()).join(',')}}`);
    return { data, isCompiled: roots.every(({ statement }) => statement !== null) };
  }

  /** The statement of a root field, or null when its resolver does more than read rows. */
  private async statementOf(plan: Plan, key: string, nodes: readonly FieldNode[], asker: Asker) {
    if (!this.hasStatements) return null;
    try {
      const reading = await this.read(nodes, asker);
      const root = plan.compiled.get(key) ?? new CompiledRoot(plan, nodes, reading, this.places);
      plan.compiled.set(key, root);
      const query = root.query(reading, asker.context.ability);
      const isRequired = reading.kind === 'REQUIRED';
      return { query, holes: root.holes, isRequired, isOfOneRow: isRequired || reading.kind === 'ONE' };
    } catch (error) {
      if (error instanceof NotCompiled) return null;
      throw error;
    }
  }

  /** What the resolver of a root field would read, with its arguments checked as ever. */
  private async read(nodes: readonly FieldNode[], { context, variables }: Asker): Promise<Reading> {
    const field = this.queryType.getFields()[nodes[0]!.name.value];
    if (!field?.resolve) throw new NotCompiled();
    const args = getArgumentValues(field, nodes[0]!, variables);
    const { actor, ability } = context;
    const { reader, refused } = recording();
    const answered = (async () => field.resolve!(undefined, args, { actor, ability, reader }, undefined as never))();
    const reading = readingOf(await Promise.race([answered, refused]));
    if (!reading) throw new NotCompiled();
    return reading;
  }

  private planFor(document: DocumentNode, operation: OperationDefinitionNode, asker: Asker): Plan {
    const part = this.partOf(document);
    const { ability } = asker.context;
    const decided = part.deciding.map((name) => String(asker.variables[name])).join();
    const key = `${part.number} ${operation.name?.value ?? ''} ${decided} ${shapeOf(ability)}`;
    const plan = this.plans.of(key, () => this.newPlan(part, operation, asker));
    this.counts.kept = this.plans.size;
    return plan;
  }

  private newPlan({ fragments }: DocumentPart, { selectionSet }: OperationDefinitionNode, asker: Asker): Plan {
    const { schema, types } = this;
    const selections = new Selections(schema, fragments, asker.variables, selectionSet);
    const writers = new Writers(types, selections);
    return { schema, types, selections, writers, ability: asker.context.ability, compiled: new Map() };
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
