/** The failure modes of document 002 as standing risks of the process, with the controls that answer them. */
export const PROCESS_RISKS: readonly {
  readonly id: string;
  readonly risk: string;
  readonly source: string;
  readonly controls: readonly string[];
}[] = [
  {
    id: 'PR-1',
    risk: 'Bad or incomplete input reaches delivery',
    source: '002 failure modes',
    controls: ['CS-01', 'CS-02', 'CS-03'],
  },
  {
    id: 'PR-2',
    risk: 'Unreviewed generated output reaches the client',
    source: '002 failure modes',
    controls: ['CS-06', 'CS-07', 'CS-09'],
  },
  {
    id: 'PR-3',
    risk: 'App permissions are broader than needed',
    source: '002 failure modes',
    controls: ['CS-12', 'CS-13'],
  },
  {
    id: 'PR-4',
    risk: 'Nobody sees what happens or why',
    source: '002 failure modes',
    controls: ['CS-08', 'CS-11', 'CS-15'],
  },
  {
    id: 'PR-5',
    risk: 'Policy exceptions are passed by one person',
    source: '002 sector: two-person approval above materiality',
    controls: ['CS-04', 'CS-05', 'CS-16'],
  },
  {
    id: 'PR-6',
    risk: 'Overrides become the rule',
    source: '002 sector: monthly control sampling',
    controls: ['CS-14'],
  },
  {
    id: 'PR-7',
    risk: 'Margin erodes against a baseline that moves',
    source: '002 step 6',
    controls: ['CS-04', 'CS-10'],
  },
];
