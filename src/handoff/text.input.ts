import { IsDefined, IsOptional, Length, Matches, ValidateIf } from 'class-validator';

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

/** A key of what something is about, or null: lower-case words joined by hyphens. */
export function TopicKey(): PropertyDecorator {
  return (target, property) => {
    IsOptional()(target, property);
    Length(1, 80)(target, String(property));
    Matches(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
      message: '$property is lower-case words joined by hyphens, such as leased-line',
    })(target, String(property));
  };
}

/** Those of the named fields that the input gives: a field left out stays as it is, null empties it. */
export function given<T extends object, K extends keyof T>(input: T, names: readonly K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(
    names.filter((name) => input[name] !== undefined).map((name) => [name, input[name]]),
  ) as Partial<Pick<T, K>>;
}
