import { IsDefined, Length, Matches, ValidateIf } from 'class-validator';

/** A text of 1 to `longest` characters that is not blank. */
export function Written(longest: number): PropertyDecorator {
  return (target, property) => {
    Length(1, longest)(target, String(property));
    Matches(/\S/, { message: '$property is blank' })(target, String(property));
  };
}

/** Checked whenever it is given, null included: for fields that may be left out of a change but never emptied. */
export function Given(): PropertyDecorator {
  return (target, property) => {
    ValidateIf((_input, value) => value !== undefined)(target, String(property));
    IsDefined({ message: '$property may be left out, but not emptied' })(target, String(property));
  };
}

/** Those of the named fields that the input gives: a field left out stays as it is, null empties it. */
export function given<T extends object, K extends keyof T>(input: T, names: readonly K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(
    names.filter((name) => input[name] !== undefined).map((name) => [name, input[name]]),
  ) as Partial<Pick<T, K>>;
}
