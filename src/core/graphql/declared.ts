import { type ClassType, Ctx, Extensions, FieldResolver, Root } from 'type-graphql';
import type { RequestContext } from './context.js';

interface Declaration<R> {
  readonly type: () => ClassType | [ClassType] | StringConstructor;
  readonly options: { readonly nullable?: boolean; readonly description: string };
  /** What the field's extensions say of it, for whoever compiles it. */
  readonly extensions: Readonly<Record<string, unknown>>;
  /** The field of a row, as the executor asks for it. */
  readonly resolve: (row: R, context: RequestContext) => unknown;
}

/** A field that is declared, not coded: gives the resolver class the method that the declaration stands for. */
export function declared<R>({ type, options, extensions, resolve }: Declaration<R>): PropertyDecorator {
  return (prototype, name) => {
    Object.defineProperty(prototype, name, { value: resolve });
    FieldResolver(type, options)(prototype, name, undefined as never);
    Root()(prototype, name, 0);
    Ctx()(prototype, name, 1);
    Extensions(extensions)(prototype, name, undefined as never);
  };
}
