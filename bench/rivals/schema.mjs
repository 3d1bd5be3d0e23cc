// type-graphql's classes for the model, and an Apollo server on node:http with them. The decorators are called as functions,
// which is what a compiler makes of them.
import 'reflect-metadata';
import { createServer } from 'node:http';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { GraphQLScalarType } from 'graphql';
import * as graph from 'type-graphql';
import { MODEL } from './model.mjs';

const { Arg, Ctx, Field, FieldResolver, ID, Int, ObjectType, Query, Resolver, Root } = graph;

const DateTime = new GraphQLScalarType({ name: 'DateTime', serialize: (value) => value.toISOString() });
const SCALARS = { String: () => String, Int: () => Int, Boolean: () => Boolean, DateTime: () => DateTime };

/** A class for each type of the model, with its fields. */
export const CLASSES = Object.fromEntries(
  Object.entries(MODEL).map(([name, { fields }]) => {
    const made = { [name]: class {} }[name];
    ObjectType(name)(made);
    Field(() => ID)(made.prototype, 'id');
    for (const [field, type] of Object.entries(fields)) Field(SCALARS[type], { nullable: true })(made.prototype, field);
    return [name, made];
  }),
);

const PageInfo = class {};
const Edge = class {};
const Connection = class {};
ObjectType('PageInfo')(PageInfo);
Field(() => Boolean)(PageInfo.prototype, 'hasNextPage');
Field(() => String, { nullable: true })(PageInfo.prototype, 'endCursor');
ObjectType('HandoffEdge')(Edge);
Field(() => CLASSES.Handoff)(Edge.prototype, 'node');
ObjectType('HandoffConnection')(Connection);
Field(() => [Edge])(Connection.prototype, 'edges');
Field(() => PageInfo)(Connection.prototype, 'pageInfo');

/** A method with decorators on it and on its parameters. */
function method(owner, name, value, decorate, ...parameters) {
  Object.defineProperty(owner.prototype, name, { value, configurable: true, writable: true });
  parameters.forEach((parameter, at) => parameter(owner.prototype, name, at));
  Reflect.defineMetadata(
    'design:paramtypes',
    parameters.map(() => Object),
    owner.prototype,
    name,
  );
  decorate(owner.prototype, name, Object.getOwnPropertyDescriptor(owner.prototype, name));
}

/**
 * The schema. `page(count, request)` answers so many handoffs, newest first; `one(id, request)` one; `related(row, field,
 * relation, isMany, request)` what a relation's field holds. Without `related` the rows carry their relations with them.
 */
export async function schemaOf({ page, one, related }) {
  const Roots = class {};
  Resolver()(Roots);
  const handoffs = async (first, { request }) => {
    const rows = await page(first + 1, request);
    const edges = rows.slice(0, first).map((node) => ({ node }));
    return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.node.id ?? null } };
  };
  method(
    Roots,
    'handoffs',
    handoffs,
    Query(() => Connection),
    Arg('first', () => Int),
    Ctx(),
  );
  method(
    Roots,
    'handoff',
    (id, { request }) => one(id, request),
    Query(() => CLASSES.Handoff, { nullable: true }),
    Arg('id', () => ID),
    Ctx(),
  );
  const resolvers = [Roots];
  for (const [name, { one: ones = {}, many: manys = {} }] of Object.entries(MODEL)) {
    const Relations = class {};
    Resolver(() => CLASSES[name])(Relations);
    for (const [field, relation] of [...Object.entries(ones), ...Object.entries(manys)]) {
      const isMany = field in manys;
      const type = () => (isMany ? [CLASSES[relation[0]]] : CLASSES[relation[0]]);
      if (!related) {
        Field(type, { nullable: !isMany })(CLASSES[name].prototype, field);
        continue;
      }
      const answer = (row, { request }) => related(row, field, relation, isMany, request);
      method(Relations, field, answer, FieldResolver(type, { nullable: !isMany }), Root(), Ctx());
    }
    resolvers.push(Relations);
  }
  return graph.buildSchema({ resolvers, validate: false });
}

/** Serves a schema; `contextOf(headers)` makes what belongs to one request, whose `end()` is called before it is answered. */
export async function serve(schema, contextOf) {
  const apollo = new ApolloServer({ schema, plugins: [ApolloServerPluginCacheControlDisabled()], introspection: true });
  await apollo.start();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => void answer(apollo, contextOf, request, body, response));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}/graphql`;
}

async function answer(apollo, contextOf, request, body, response) {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
  const context = contextOf(request.headers);
  const result = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: 'POST', headers, search: '', body: JSON.parse(body) },
    // Apollo copies the context: what is its own goes inside.
    context: async () => ({ request: context }),
  });
  await context.end();
  for (const [name, value] of result.headers) response.setHeader(name, value);
  response.statusCode = result.status ?? 200;
  response.end(result.body.string);
}
