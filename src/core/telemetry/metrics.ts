/** A figure that a process tells: what docs/observability.md and the dashboard may name. */
export interface MetricSpec {
  readonly name: string;
  readonly kind: 'counter' | 'histogram' | 'gauge';
  /** By UCUM: `s` seconds, `By` bytes, empty for a count. */
  readonly unit: '' | 's' | 'By';
  readonly description: string;
  readonly labels: readonly string[];
}

const counter = (name: string, description: string, labels: readonly string[] = [], unit: '' | 's' = ''): MetricSpec =>
  ({ name, kind: 'counter', unit, description, labels }) as const;
const seconds = (name: string, description: string, labels: readonly string[] = []): MetricSpec =>
  ({ name, kind: 'histogram', unit: 's', description, labels }) as const;
const gauge = (
  name: string,
  description: string,
  labels: readonly string[] = [],
  unit: MetricSpec['unit'] = '',
): MetricSpec => ({ name, kind: 'gauge', unit, description, labels }) as const;

/**
 * Every metric. Labels hold names of the product alone (operations of schema/operations, commands, vendors, codes), so
 * their number is bounded; no label names a tenant, a person or a record. A counter's name ends in `_total`, which
 * Prometheus asks for; a histogram of seconds has the buckets of SECONDS.
 */
export const METRICS = {
  operationDuration: seconds('countersign_operation_duration_seconds', 'Operations from request to answer.', [
    'operation',
    'kind',
    'path',
  ]),
  operations: counter('countersign_operations_total', 'Operations by how they ended: ok, refused or error.', [
    'kind',
    'outcome',
  ]),
  operationErrors: counter('countersign_operation_errors_total', 'Error codes in answers.', ['code']),
  operationStatements: counter(
    'countersign_operation_statements_total',
    'SQL messages that operations sent, BEGIN and COMMIT included.',
    ['operation', 'kind'],
  ),
  operationSqlSeconds: counter(
    'countersign_operation_sql_seconds_total',
    'Time of operations in round trips to the database.',
    ['operation', 'kind'],
    's',
  ),
  commands: counter('countersign_commands_total', 'Commands by how they ended: DONE, REFUSED, REPLAYED or FAILED.', [
    'command',
    'outcome',
  ]),
  flushDuration: seconds('countersign_sql_flush_duration_seconds', 'Round trips to the database.', ['work', 'outcome']),
  statements: counter('countersign_sql_statements_total', 'SQL messages sent.', ['work']),
  rows: counter('countersign_sql_rows_total', 'Rows answered or touched.', ['work']),
  poolWait: seconds('countersign_pool_wait_seconds', 'Waiting for a connection of the pool.'),
  poolConnections: gauge('countersign_pool_connections', 'Connections of the pool, in use or idle.', ['state']),
  poolWaiting: gauge('countersign_pool_waiting', 'Pieces of work that wait for a connection.'),
  poolLimit: gauge('countersign_pool_limit', 'The most connections of the pool: DATABASE_POOL.'),
  planAnswers: counter('countersign_plan_answers_total', 'Queries answered by a compiled plan or by the executor.', [
    'answer',
  ]),
  plansKept: gauge('countersign_plans', 'Compiled plans that are kept.'),
  effectDuration: seconds('countersign_effect_duration_seconds', 'Attempts at effects of the outbox.', [
    'vendor',
    'outcome',
  ]),
  passDuration: seconds('countersign_pass_duration_seconds', "Passes of the sealer and of the planners' looks.", [
    'pass',
    'outcome',
  ]),
  vendorCallDuration: seconds('countersign_vendor_call_duration_seconds', 'Requests to vendors.', [
    'vendor',
    'outcome',
  ]),
  outboxEffects: gauge('countersign_outbox_effects', 'Effects that are not done, over all tenants, by state.', [
    'state',
  ]),
  outboxOldest: gauge(
    'countersign_outbox_oldest_seconds',
    'How long the oldest effect that should be done by now has waited.',
    [],
    's',
  ),
  ledgerUnsealed: gauge('countersign_ledger_unsealed_entries', 'Entries of all ledgers that are not sealed yet.'),
  ledgerLag: gauge('countersign_ledger_seal_lag_seconds', 'Age of the oldest entry that is not sealed yet.', [], 's'),
  reportingUnprojected: gauge(
    'countersign_reporting_unprojected_entries',
    'Sealed entries that the reporting model does not have yet.',
  ),
  reportingLag: gauge(
    'countersign_reporting_lag_seconds',
    'How long the oldest sealed entry has waited for the reporting model.',
    [],
    's',
  ),
  tenants: gauge('countersign_tenants', 'Active tenants that the soundings counted.'),
  soundedAt: gauge('countersign_sounded_timestamp_seconds', 'When the soundings were taken, in Unix time.', [], 's'),
  eventLoopDelay: gauge(
    'countersign_event_loop_delay_seconds',
    'Delay of the event loop over the last whole minute.',
    ['quantile'],
    's',
  ),
  residentMemory: gauge('countersign_resident_memory_bytes', 'Memory of the process (RSS).', [], 'By'),
  heapUsed: gauge('countersign_heap_used_bytes', "JavaScript's heap in use.", [], 'By'),
  cpuSeconds: counter('countersign_cpu_seconds_total', 'Processor time of the process.', [], 's'),
  uptime: gauge('countersign_uptime_seconds', 'How long the process has been running.', [], 's'),
} as const satisfies Record<string, MetricSpec>;

/** Upper bounds of the buckets of every duration, in seconds. */
export const SECONDS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
