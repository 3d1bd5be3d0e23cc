import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type FileFault, parseConfigurationFile } from '../../src/catalogue/configuration-file.js';
import type { TenantConfiguration } from '../../src/catalogue/configuration.js';

/** The sample tenants that are checked in. */
export const SAMPLES = ['northwind-managed', 'harbor-it'] as const;

/** The text of a sample. */
export function sampleText(name: (typeof SAMPLES)[number] = 'northwind-managed'): string {
  return readFileSync(resolve(`tenants/${name}.yaml`), 'utf8');
}

/** A sample as configuration; a fresh copy each time, so that a test may change it. */
export function sample(name: (typeof SAMPLES)[number] = 'northwind-managed'): TenantConfiguration {
  const parsed = parseConfigurationFile(sampleText(name));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults, null, 2));
  return parsed.configuration;
}

/** The faults of a text; none for a sound one. */
export function faultsOf(text: string): readonly FileFault[] {
  const parsed = parseConfigurationFile(text);
  return parsed.ok ? [] : parsed.faults;
}

/** One replacement in a text; what is replaced must be there. */
export type Edit = readonly [from: string, to: string];

/** The sample with replacements, each at the first place where its text stands. */
export function edited(...edits: readonly Edit[]): string {
  return edits.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`The sample does not hold ${JSON.stringify(from)}`);
    return text.replace(from, () => to);
  }, sampleText());
}

/** What is changed in the sample, which code is expected, and words of its message. The place is marked with `#<<`. */
export type FaultCase = readonly [name: string, code: string, words: RegExp, ...edits: Edit[]];

/** Each case is a bad file that must be refused with this code, at the marked line, with a remedy. */
export function testFaults(part: string, cases: readonly FaultCase[]): void {
  for (const [name, code, words, ...edits] of cases) {
    test(`${part}: ${name}`, () => {
      const text = edited(...edits);
      const faults = faultsOf(text);
      const found = faults.filter((fault) => fault.code === code && words.test(fault.message));
      expect({ faults, found: found.length > 0 }).toMatchObject({ found: true });
      for (const line of markedLines(text)) expect(found.map((fault) => fault.line)).toContain(line);
      for (const fault of faults) expect(fault.remedy).toMatch(/\w.*[.?]$/);
    });
  }
}

/** Lines of a text (from 1) that end with the mark `#<<`, which tests put where they expect a fault. */
export function markedLines(text: string): number[] {
  return text.split('\n').flatMap((line, index) => (line.endsWith('#<<') ? [index + 1] : []));
}

/** Gives a person of the sample another role. */
export function withRole(key: string, before: string, after: string): Edit {
  const lines = (role: string): string => `    email: ${key}@northwind.example\n    roles: [${role}]`;
  return [lines(before), lines(after)];
}
