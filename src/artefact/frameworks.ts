/** A control of one of the two frameworks that documents 002 and 000 map the workflow to. */
export interface FrameworkControl {
  readonly framework: 'PSF' | 'PAI-8';
  readonly id: string;
  /** As document 002 names it. */
  readonly name: string;
  /** As document 000 names the same control; null where it has the same name or does not name it. */
  readonly other: string | null;
}

/** What requirements sections 1 (002) and 2 (000) name. Document 000 does not name D6 and C6. */
export const FRAMEWORK_CONTROLS: readonly FrameworkControl[] = [
  { framework: 'PSF', id: 'D1', name: 'Input governance', other: null },
  { framework: 'PSF', id: 'D2', name: 'Output validation', other: null },
  { framework: 'PSF', id: 'D4', name: 'Observability', other: null },
  { framework: 'PSF', id: 'D6', name: 'Human oversight', other: 'not named in 000' },
  { framework: 'PAI-8', id: 'C1', name: 'Handoff intake controls', other: 'Structured inputs' },
  { framework: 'PAI-8', id: 'C2', name: 'Scope validation', other: 'Commit validation' },
  { framework: 'PAI-8', id: 'C4', name: 'Decision traceability', other: 'Handoff traceability' },
  { framework: 'PAI-8', id: 'C6', name: 'Approval checkpoints', other: 'not named in 000' },
];
