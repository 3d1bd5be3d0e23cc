/** A guard: what it upholds, the test that must notice when it is gone, and the texts to take away. */
export interface Guard {
  readonly name: string;
  /** A test file, and a part of the test's name. */
  readonly test: readonly [file: string, name: string];
  readonly patches: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}

export const GUARDS: readonly Guard[];
