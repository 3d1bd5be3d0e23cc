import { getMetadataStorage, validateOrReject, type ValidationError } from 'class-validator';
import { ArgumentValidationError, type ValidatorFn } from 'type-graphql';

/**
 * Checks arguments and inputs by their classes' own rules; type-graphql's own way loads the library anew for each.
 * @throws ArgumentValidationError with every fault.
 */
export const validated: ValidatorFn = async (value: unknown) => {
  if (typeof value !== 'object' || value === null) return;
  try {
    const each = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'object' && one !== null);
    await Promise.all(each.map((one: object) => validateOrReject(one, OPTIONS)));
  } catch (errors) {
    throw new ArgumentValidationError(errors as ValidationError[]);
  }
};

const OPTIONS = { skipMissingProperties: true, forbidUnknownValues: false } as const;

let isRemembering = false;

/**
 * Lets class-validator find the rules of a class once: left alone it looks through every class that it knows whenever it
 * checks one, which is a twentieth of a request. Called once the schema is built: no rule is declared after that.
 */
export function rememberRules(): void {
  if (isRemembering) return;
  isRemembering = true;
  const storage = getMetadataStorage();
  const find = storage.getTargetValidationMetadatas.bind(storage);
  const known = new Map<unknown, ReturnType<typeof find>>();
  storage.getTargetValidationMetadatas = (target, ...rest) => {
    const rules = known.get(target) ?? find(target, ...rest);
    known.set(target, rules);
    return rules;
  };
}
