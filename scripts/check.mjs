// The inner loop: types, lint, unit tests; under a minute on two processors. What is independent runs side by side.
import { install } from './prepare.mjs';
import { together, tool } from './run-tool.mjs';

install();
await together([
  ['typescript#tsc', ['--noEmit']],
  ['typescript#tsc', ['--noEmit', '-p', 'powerbi/embed']],
  ['oxlint', ['--type-aware', '--deny-warnings']],
  ['prettier', ['--check', '--cache', '--log-level', 'warn', '.']],
]);
tool('jest', ['--selectProjects', 'unit', '--silent', '--maxWorkers=100%', ...process.argv.slice(2)]);
