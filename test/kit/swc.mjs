/** How swc compiles the sources for tests: as `tsc` does, with the decorators' metadata. */
export const JSC = {
  target: 'es2022',
  parser: { syntax: 'typescript', decorators: true },
  transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
};
