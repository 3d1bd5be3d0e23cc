// Node's loader for tests: TypeScript as `tsc` compiles it, and '.js' endings that mean TypeScript sources.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
