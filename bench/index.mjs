// npm run bench: the comparison (run.mjs), or with --scale how the product grows (scale.mjs).
await import(process.argv.includes('--scale') ? './scale.mjs' : './run.mjs');
