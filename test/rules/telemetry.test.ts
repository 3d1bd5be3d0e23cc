import fc from 'fast-check';
import { Kind, parse } from 'graphql';
import { OperationNames, OTHER } from '../../src/core/telemetry/operation-names.js';
import { type OperationReport, OperationWatch, outcomeOf } from '../../src/core/telemetry/operation-watch.js';
import { readTelemetry } from '../../src/core/telemetry/settings.js';
import { UNWATCHED } from '../../src/core/telemetry/telemetry.js';
import { readTraceParent } from '../../src/core/telemetry/trace-parent.js';
import { readExposition } from '../kit/exposition.js';

describe('the settings', () => {
  it('ask for nothing but the slow log when nothing is set', () => {
    expect(readTelemetry({})).toEqual({ service: 'countersign', otlp: null, metrics: null, slowOperationMs: 1000 });
  });

  it('read a collector with its headers, and metrics on a port of their own', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com:4318/',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20abc, x-scope=a',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      OTEL_SERVICE_NAME: 'countersign-worker',
      METRICS_PORT: '9464',
      SLOW_OPERATION_MS: '0',
    };
    expect(readTelemetry(env)).toEqual({
      service: 'countersign-worker',
      otlp: {
        endpoint: 'https://collector.example.com:4318',
        headers: { authorization: 'Bearer abc', 'x-scope': 'a' },
        traceShare: 0.25,
      },
      metrics: { port: 9464, host: '127.0.0.1', token: null },
      slowOperationMs: 0,
    });
  });

  it('take a token alone for /metrics of the listener', () => {
    const token = 'a-long-random-token';
    expect(readTelemetry({ METRICS_TOKEN: token }).metrics).toEqual({ port: null, host: '127.0.0.1', token });
  });

  it.each([
    { env: { METRICS_PORT: '9464', METRICS_HOST: '0.0.0.0' }, names: 'METRICS_TOKEN' },
    { env: { METRICS_HOST: '0.0.0.0' }, names: 'METRICS_PORT' },
    { env: { METRICS_TOKEN: 'short' }, names: 'METRICS_TOKEN' },
    { env: { METRICS_TOKEN: 'with spaces in the token' }, names: 'METRICS_TOKEN' },
    { env: { METRICS_PORT: '70000' }, names: 'METRICS_PORT' },
    { env: { SLOW_OPERATION_MS: '-1' }, names: 'SLOW_OPERATION_MS' },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, names: 'OTEL_EXPORTER_OTLP_ENDPOINT' },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://a.example' }, names: 'OTEL_EXPORTER_OTLP_ENDPOINT' },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://u:p@a.example' }, names: 'OTEL_EXPORTER_OTLP_ENDPOINT' },
    { env: { OTEL_EXPORTER_OTLP_HEADERS: 'a=b' }, names: 'OTEL_EXPORTER_OTLP_ENDPOINT' },
    { env: { OTEL_TRACES_SAMPLER_ARG: '0.5' }, names: 'OTEL_EXPORTER_OTLP_ENDPOINT' },
    {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.example:4318', OTEL_EXPORTER_OTLP_HEADERS: 'a=b' },
      names: 'in clear',
    },
    {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://a.example', OTEL_EXPORTER_OTLP_HEADERS: 'secret' },
      names: 'HEADERS',
    },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://a.example', OTEL_TRACES_SAMPLER_ARG: '2' }, names: 'SAMPLER_ARG' },
    { env: { OTEL_SERVICE_NAME: 'a b' }, names: 'OTEL_SERVICE_NAME' },
  ])('end the start with a sentence that names $names: $env', ({ env, names }) => {
    expect(() => readTelemetry(env)).toThrow(names);
  });

  it('never repeat a header in the sentence', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://a.example', OTEL_EXPORTER_OTLP_HEADERS: 'topsecret' };
    let said = '';
    try {
      readTelemetry(env);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toContain('OTEL_EXPORTER_OTLP_HEADERS');
    expect(said).not.toContain('topsecret');
  });
});

describe('a traceparent', () => {
  const hex = (length: number) =>
    fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => !/^0+$/.test(text));

  it('is read when it is one', () => {
    fc.assert(
      fc.property(hex(32), hex(16), fc.constantFrom('00', '01'), (traceId, spanId, flags) => {
        expect(readTraceParent(`00-${traceId}-${spanId}-${flags}`)).toEqual({
          traceId,
          spanId,
          // Whether ours is recorded is not the caller's to say.
          traceFlags: 0,
          isRemote: true,
        });
      }),
    );
  });

  it.each([
    { header: undefined },
    { header: '' },
    { header: '00-00000000000000000000000000000000-00f067aa0ba902b7-01' },
    { header: '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01' },
    { header: 'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
    { header: '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01' },
    { header: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more' },
    { header: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7' },
  ])('is left alone when it is none: $header', ({ header }) => {
    expect(readTraceParent(header)).toBeNull();
  });

  it('of a later version may have more', () => {
    const header = 'cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-holds';
    expect(readTraceParent(header)?.spanId).toBe('00f067aa0ba902b7');
  });
});

describe('the class of an operation', () => {
  const OURS = 'query Ours { me { handle } }';
  const names = new OperationNames((text) => text === OURS);
  const classOf = (text: string) => {
    const document = parse(text);
    const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)!;
    return names.classOf(document, operation, text);
  };

  it('has the name of a document of ours alone', () => {
    expect(classOf(OURS).name).toBe('Ours');
    expect(classOf('query Ours { me { id } }').name).toBe(OTHER);
  });

  it('has root fields without aliases, through fragments, each once', () => {
    const text = `query { b: handoffs { id } me { id } me { handle } ...A ... on Query { tenant { name } } }
      fragment A on Query { people { id } ...A }`;
    expect(classOf(text).rootFields).toEqual(['handoffs', 'me', 'people', 'tenant']);
  });
});

describe('the watch of an operation', () => {
  it('adds up what its parts take', () => {
    const flush = fc.record({
      statements: fc.nat(50),
      rows: fc.nat(1000),
      ms: fc.nat(5000),
      isFailed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(flush), (flushes) => {
        const told: OperationReport[] = [];
        const watch = new OperationWatch({ ...UNWATCHED, ended: (report) => void told.push(report) });
        for (const each of flushes) watch.flushed(each);
        watch.end(null);
        const sum = (of: 'statements' | 'rows' | 'ms') => flushes.reduce((all, each) => all + each[of], 0);
        expect(told).toHaveLength(1);
        expect(told[0]).toMatchObject({
          flushes: flushes.length,
          statements: sum('statements'),
          rows: sum('rows'),
          sqlMs: sum('ms'),
        });
      }),
    );
  });

  it.each([
    { codes: [], isRefused: false, outcome: 'ok' },
    { codes: [], isRefused: true, outcome: 'refused' },
    { codes: ['FORBIDDEN'], isRefused: true, outcome: 'error' },
  ])('ends $outcome', ({ codes, isRefused, outcome }) => {
    expect(outcomeOf({ codes, isRefused })).toBe(outcome);
  });

  it('tells the answer that was given last, and the refusal of a request that was never understood', () => {
    const watch = new OperationWatch({ ...UNWATCHED, ended: () => undefined });
    watch.answered(['BUSY'], false);
    watch.answered([], true);
    expect(watch.end(null)).toMatchObject({ codes: [], isCompiled: true });
    const other = new OperationWatch({ ...UNWATCHED, ended: () => undefined });
    expect(other.end('UNAUTHENTICATED')).toMatchObject({ codes: ['UNAUTHENTICATED'], operation: null });
  });
});

describe('the reader of scrapes, which tests rely on', () => {
  const GOOD = `# HELP a_total Counts \\\\ and \\n more
# TYPE a_total counter
a_total{x="1",y="a \\"b\\" \\\\ c"} 2
a_total{x="2",y=""} 3e-05
# TYPE h histogram
h_count{k="v"} 3
h_sum{k="v"} 1.5
h_bucket{k="v",le="0.1"} 1
h_bucket{k="v",le="+Inf"} 3
# TYPE g gauge
g -1
`;

  it('reads what the format allows', () => {
    const families = readExposition(GOOD);
    expect([...families.keys()]).toEqual(['a_total', 'h', 'g']);
    expect(families.get('a_total')!.samples[0]!.labels).toEqual({ x: '1', y: 'a "b" \\ c' });
  });

  it.each([
    { why: 'no line feed at the end', text: '# TYPE g gauge\ng 1' },
    { why: 'no type', text: 'g 1\n' },
    { why: 'an unknown type', text: '# TYPE g meter\ng 1\n' },
    { why: 'a type twice', text: '# TYPE g gauge\ng 1\n# TYPE g gauge\n' },
    { why: 'a series twice', text: '# TYPE g gauge\ng{a="1"} 1\ng{a="1"} 2\n' },
    { why: 'a label twice', text: '# TYPE g gauge\ng{a="1",a="2"} 1\n' },
    { why: 'an unknown escape', text: '# TYPE g gauge\ng{a="\\t"} 1\n' },
    { why: 'no value', text: '# TYPE g gauge\ng one\n' },
    { why: 'a name with a dash', text: '# TYPE g gauge\ng-h 1\n' },
    { why: 'a counter without _total', text: '# TYPE c counter\nc 1\n' },
    { why: 'a sample outside of its group', text: '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\na{x="1"} 1\n' },
    {
      why: 'buckets that shrink',
      text: '# TYPE h histogram\nh_count 1\nh_sum 1\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\n',
    },
    { why: 'no last bucket', text: '# TYPE h histogram\nh_count 1\nh_sum 1\nh_bucket{le="1"} 1\n' },
    {
      why: 'a count that is not the last bucket',
      text: '# TYPE h histogram\nh_count 2\nh_sum 1\nh_bucket{le="+Inf"} 1\n',
    },
  ])('refuses $why', ({ text }) => {
    expect(() => readExposition(text)).toThrow();
  });
});
