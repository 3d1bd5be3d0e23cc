// The inner loop: types, lint, unit tests; under a minute.
import { install } from './prepare.mjs';
import { tool } from './run-tool.mjs';

install();
tool('typescript#tsc', ['--noEmit']);
tool('typescript#tsc', ['--noEmit', '-p', 'powerbi/embed']);
tool('oxlint', ['--type-aware', '--deny-warnings']);
tool('prettier', ['--check', '--log-level', 'warn', '.']);
tool('jest', ['--selectProjects', 'rules', 'house', '--silent']);
