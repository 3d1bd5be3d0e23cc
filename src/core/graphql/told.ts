import { declared } from './declared.js';
import { tellable, type Telling, type WITHHELD } from './types.js';

/** A text of a finding that is withheld from whoever may not see what it `discloses`. */
export type ToldText = keyof typeof WITHHELD;

/** A field with that text of the row: read as it is, or compiled into the operation's statement. */
export function Told(text: ToldText, description: string): PropertyDecorator {
  return declared<Telling>({
    type: () => String,
    options: { description },
    extensions: { told: text },
    resolve: (row, { ability }) => tellable(row, ability)[text],
  });
}

/** Which text a field of the schema tells, or null. */
export function toldBy(field: { extensions?: Readonly<Record<string, unknown>> }): ToldText | null {
  return (field.extensions?.told as ToldText | undefined) ?? null;
}
