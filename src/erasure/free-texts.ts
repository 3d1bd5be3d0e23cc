/** Columns that people write into and that may change: where a name is erased by writing over it. */
export interface FreeText {
  readonly table: string;
  readonly columns: readonly string[];
  /** The column that names the handoff. */
  readonly handoff: 'id' | 'handoff_id';
}

/**
 * Every column of a handoff's content that holds somebody's own words. What no rule lets change (a vote's reason, the
 * gaps of a return) is not here: docs/personal-data.md says what holds there.
 */
export const FREE_TEXTS: readonly FreeText[] = [
  {
    table: 'handoff',
    columns: [
      'context',
      'communication_preferences',
      'billing_terms',
      'payment_schedule',
      'special_terms',
      'intake_notes',
      'withdrawn_reason',
    ],
    handoff: 'id',
  },
  { table: 'stakeholder', columns: ['name', 'title', 'email', 'phone', 'notes'], handoff: 'handoff_id' },
  { table: 'assumption', columns: ['text', 'source', 'impact', 'resolution'], handoff: 'handoff_id' },
  { table: 'risk', columns: ['text', 'mitigation', 'source'], handoff: 'handoff_id' },
  { table: 'handoff_statement', columns: ['text', 'source'], handoff: 'handoff_id' },
  { table: 'checklist_item', columns: ['na_reason', 'reopen_reason'], handoff: 'handoff_id' },
  { table: 'evidence', columns: ['title', 'statement', 'signers', 'rejection_reason'], handoff: 'handoff_id' },
  {
    table: 'commitment',
    columns: ['text', 'promised_to', 'source', 'resolution_reference', 'resolution_reason'],
    handoff: 'handoff_id',
  },
  { table: 'decision', columns: ['question', 'context', 'outcome', 'reason'], handoff: 'handoff_id' },
  { table: 'feasibility_sign_off', columns: ['statement', 'end_reason', 'conflict_reason'], handoff: 'handoff_id' },
  { table: 'kickoff', columns: ['void_reason'], handoff: 'handoff_id' },
  { table: 'follow_up', columns: ['outcome'], handoff: 'handoff_id' },
  { table: 'remediation', columns: ['outcome'], handoff: 'handoff_id' },
  { table: 'spot_check', columns: ['found'], handoff: 'handoff_id' },
  { table: 'handoff_meeting', columns: ['notes', 'recording_url', 'end_reason'], handoff: 'handoff_id' },
  { table: 'meeting_segment', columns: ['remark'], handoff: 'handoff_id' },
  { table: 'meeting_check', columns: ['remark'], handoff: 'handoff_id' },
  { table: 'action_item', columns: ['text', 'remark'], handoff: 'handoff_id' },
  { table: 'scope_change', columns: ['description'], handoff: 'handoff_id' },
  { table: 'change_order', columns: ['signer'], handoff: 'handoff_id' },
  { table: 'pre_close', columns: ['reason', 'decision_reason'], handoff: 'handoff_id' },
  { table: 'gate_misfire', columns: ['reason'], handoff: 'handoff_id' },
  // Titles that somebody gave in the PSA.
  { table: 'psa_drift', columns: ['ours', 'theirs'], handoff: 'handoff_id' },
];
