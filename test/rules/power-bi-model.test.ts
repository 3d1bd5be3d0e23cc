import { KPI_DEFINITIONS } from '../../src/kpi/kpi.definitions.js';
import { KpiForm } from '../../src/kpi/kpi.words.js';
import { projectFiles } from '../../src/powerbi-project/project.js';
import { datasetByName, DATASETS } from '../../src/reporting/datasets.js';
import { characterFaults, madeBy, namedIn, readRelationships, readTable, selectedBy } from './tmdl.kit.js';

const MODEL = 'Countersign.SemanticModel/definition/';
const files = projectFiles();
const model = [...files].filter(([path]) => path.startsWith(MODEL));
const textOf = (name: string): string => files.get(`${MODEL}${name}`)!;
const tables = model
  .filter(([path]) => path.startsWith(`${MODEL}tables/`))
  .map(([path, text]) => ({ path, ...readTable(text) }));
const columns = new Set(tables.flatMap(({ name, columns: own }) => [...own.keys()].map((one) => `${name}[${one}]`)));
const measures = new Map(tables.flatMap(({ measures: own }) => [...own]));

/** The measure as one line. */
const daxOf = (name: string): string => measures.get(name)!.replaceAll(/\s+/g, ' ');
const numberOf = (key: string) => KPI_DEFINITIONS.find((definition) => definition.key === key)!;

describe('the text of the model', () => {
  it('is indented by tabs, ends with a line feed, and has one table a file', () => {
    expect(model.flatMap(([path, text]) => characterFaults(text).map((fault) => `${path} ${fault}`))).toEqual([]);
    expect(tables.map(({ path, name }) => path === `${MODEL}tables/${name}.tmdl`)).not.toContain(false);
  });

  it('gives every object a tag of its own, the same in every build', () => {
    const tags = model.flatMap(([, text]) => [...text.matchAll(/lineageTag: (\S+)/g)].map(([, tag]) => tag!));
    expect(new Set(tags).size).toBe(tags.length);
    expect(tags.every((tag) => /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(tag))).toBe(
      true,
    );
    expect([...projectFiles()]).toEqual([...files]);
  });

  it('names every table and role, and no other', () => {
    const refs = [...textOf('model.tmdl').matchAll(/^ref (\w+) (.+)$/gm)].map(([, kind, name]) => `${kind} ${name}`);
    const parts = model.flatMap(([path]) => {
      const [, folder, name] = /definition\/(\w+)s\/(\w+)\.tmdl$/.exec(path) ?? [];
      return folder ? [`${folder} ${name}`] : [];
    });
    expect(refs.toSorted()).toEqual(parts.toSorted());
  });
});

describe('the tables', () => {
  it('are the datasets of the feed, each with every column, and two of their own', () => {
    const own = ['Measures', 'Refresh'];
    expect(tables.map(({ name }) => name).filter((name) => !own.includes(name))).toEqual(
      DATASETS.map(({ name }) => name),
    );
    for (const { name, columns: all, query } of tables.filter((table) => !own.includes(table.name))) {
      const fed = datasetByName(name)!.columns.map((column) => column.name);
      expect([name, selectedBy(query)]).toEqual([name, fed]);
      expect([name, [...all.values()].toSorted()]).toEqual([name, [...fed, ...madeBy(query)].toSorted()]);
    }
  });

  it('have no column whose source is neither in the metadata of the feed nor made by the query', () => {
    const lost = tables.flatMap(({ name, columns: all, query }) => {
      const known = [...(datasetByName(name)?.columns.map((column) => column.name) ?? []), ...madeBy(query)];
      return [...all].filter(([, source]) => !known.includes(source)).map(([column]) => `${name}[${column}]`);
    });
    expect(lost).toEqual([]);
  });

  it('read a feed that no row can change the address of', () => {
    for (const { name, query } of tables.filter((table) => datasetByName(table.name)))
      expect([name, query.match(/OData\.Feed\([^)]*\)/g)]).toEqual([
        name,
        ['OData.Feed(ODataBaseUrl, null, [Implementation = "2.0", ODataVersion = 4])'],
      ]);
  });

  it('are refreshed by their instant only where a row never changes', () => {
    const incremental = model.filter(([, text]) => text.includes('refreshPolicy')).map(([path]) => path);
    expect(incremental).toEqual([`${MODEL}tables/GateFindings.tmdl`]);
    const text = textOf('tables/GateFindings.tmdl');
    expect(text.match(/\[EvaluatedAt\] >= .*RangeStart.* and \[EvaluatedAt\] < .*RangeEnd/g)).toHaveLength(2);
  });
});

describe('the relationships', () => {
  const all = readRelationships(textOf('relationships.tmdl'));

  it('end at columns that exist, of the same kind on both sides', () => {
    const ends = all.flatMap(({ from, fromColumn, to, toColumn }) => [`${from}[${fromColumn}]`, `${to}[${toColumn}]`]);
    expect(ends.filter((end) => !columns.has(end))).toEqual([]);
    expect(all.filter(({ to, toColumn }) => datasetByName(to)!.key !== toColumn)).toEqual([]);
    const type = (end: string): string => {
      const [, table, column] = /^(\w+)\[(\w+)\]$/.exec(end)!;
      return new RegExp(`\\tcolumn ${column}\\n\\t\\tdataType: (\\w+)`).exec(textOf(`tables/${table}.tmdl`))![1]!;
    };
    for (const { from, fromColumn, to, toColumn } of all)
      expect([from, fromColumn, type(`${from}[${fromColumn}]`)]).toEqual([
        from,
        fromColumn,
        type(`${to}[${toColumn}]`),
      ]);
  });

  it('are those of every navigation, and the calendar of every fact', () => {
    const ways = new Set(all.map(({ from, fromColumn, to }) => `${from}.${fromColumn} ${to}`));
    const wanted = DATASETS.flatMap(({ name, navigations }) =>
      navigations.map(({ from, to }) => `${name}.${from} ${to}`),
    );
    expect(wanted.filter((way) => !ways.has(way))).toEqual([]);
    const facts = DATASETS.filter(({ happenedAt }) => happenedAt !== null).map(({ name }) => name);
    expect(facts.filter((name) => !all.some(({ from, to }) => from === name && to === 'Dates'))).toEqual([]);
  });

  it('lead from no table to another in two ways', () => {
    const ways = (from: string): string[] =>
      all.filter((way) => way.isActive && way.from === from).flatMap(({ to }) => [to, ...ways(to)]);
    for (const { name } of DATASETS)
      expect([name, ways(name).toSorted()]).toEqual([name, [...new Set(ways(name))].toSorted()]);
    // Not by leaving everything out: every case is read by all that it may be sliced by.
    expect(ways('KpiCases')).toEqual(
      expect.arrayContaining([
        'Kpis',
        'Dates',
        'Handoffs',
        'Clients',
        'ServiceTemplates',
        'DealTypes',
        'Tiers',
        'People',
        'Teams',
      ]),
    );
  });
});

describe('the roles', () => {
  it('guard every table with rows, the sandbox of one tenant by the custom data of the token', () => {
    const role = textOf('roles/TenantReader.tmdl');
    const guarded = [...role.matchAll(/^\ttablePermission (\w+) = (\w+)\[TenantId\] = CUSTOMDATA\(\)$/gm)];
    expect(guarded.every(([, table, same]) => table === same)).toBe(true);
    expect(guarded.map(([, table]) => table!).toSorted()).toEqual(
      tables
        .map(({ name }) => name)
        .filter((name) => name !== 'Measures')
        .toSorted(),
    );
    expect(guarded.filter(([, table]) => !columns.has(`${table}[TenantId]`))).toEqual([]);
  });
});

describe('the measures', () => {
  it('name columns and measures that exist', () => {
    const unknown = [...measures].flatMap(([name, dax]) => {
      const named = namedIn(dax);
      return [
        ...named.columns.filter((one) => !columns.has(one)),
        ...named.measures.filter((one) => !measures.has(one)),
      ].map((one) => `${name}: ${one}`);
    });
    expect(unknown).toEqual([]);
  });

  it('have brackets that close, and variables that are no function or table', () => {
    for (const [name, dax] of measures) {
      const text = dax.replaceAll(/"[^"]*"/g, '');
      for (const [open, close] of ['()', '[]', '{}'].map((pair) => [...pair] as [string, string]))
        expect([name, text.split(open).length]).toEqual([name, text.split(close).length]);
    }
    const variables = [...measures.values()].flatMap((dax) =>
      [...dax.matchAll(/\bVAR (\w+)/g)].map(([, name]) => name!),
    );
    const taken = ['Today', 'Now', 'Count', 'Rank', 'Value', 'Day', 'Sum', ...tables.map(({ name }) => name)];
    expect(variables.filter((name) => taken.includes(name))).toEqual([]);
  });

  it('are of every KPI: value, numerator, denominator, baseline, improvement, target and its state', () => {
    for (const { key, name, form } of KPI_DEFINITIONS) {
      for (const suffix of ['', ' numerator', ' denominator', ' baseline', ' improvement', ' target', ' target state'])
        expect(measures.has(`${name}${suffix}`)).toBe(true);
      for (const suffix of [' numerator', ' denominator'])
        expect(daxOf(`${name}${suffix}`)).toContain(
          `KEEPFILTERS(KpiCases[KpiKey] = "${key}"), KEEPFILTERS(KpiCases[CountsAt] <= AsOf)`,
        );
      expect(daxOf(`${name} numerator`).includes('TOPN')).toBe(form === KpiForm.PERCENTILE);
      for (const [generic, suffix] of [
        ['KPI value', ''],
        ['KPI target state', ' target state'],
      ])
        expect(daxOf(generic!)).toContain(`"${key}", [${name}${suffix}]`);
    }
  });

  it('divide the sums of a share', () => {
    const cases = 'KEEPFILTERS(KpiCases[KpiKey] = "COMPLETION_RATE"), KEEPFILTERS(KpiCases[CountsAt] <= AsOf)';
    expect(daxOf('Handoff completion rate numerator')).toBe(
      `VAR AsOf = [As of] RETURN CALCULATE(SUM(KpiCases[Numerator]), ${cases})`,
    );
    expect(daxOf('Handoff completion rate denominator')).toBe(
      `VAR AsOf = [As of] RETURN CALCULATE(SUM(KpiCases[Denominator]), ${cases})`,
    );
    expect(daxOf('Handoff completion rate')).toBe(
      'VAR KpiValue = DIVIDE([Handoff completion rate numerator] + 0, [Handoff completion rate denominator]) RETURN IF(NOT ISBLANK(KpiValue), ROUND(KpiValue, 4))',
    );
    expect(daxOf('Handoff completion rate target')).toBe('0.8');
    expect(daxOf('Handoff completion rate target state')).toBe(
      'SWITCH( TRUE(), ISBLANK([Handoff completion rate]), "NO_CASES", [Handoff completion rate numerator] * 10000 >= 8000 * [Handoff completion rate denominator], "MET", "MISSED" )',
    );
  });

  it('divide the sum of a mean, and compare it with the baseline in its own direction', () => {
    expect(daxOf('Time to first value')).toContain(
      'DIVIDE([Time to first value numerator] + 0, [Time to first value denominator])',
    );
    expect(daxOf('Time to first value improvement')).toBe(
      [
        'VAR BaseNumerator = CALCULATE(MAX(Kpis[BaselineNumerator]), REMOVEFILTERS(Kpis), Kpis[Key] = "TIME_TO_FIRST_VALUE")',
        'VAR BaseDenominator = CALCULATE(MAX(Kpis[BaselineDenominator]), REMOVEFILTERS(Kpis), Kpis[Key] = "TIME_TO_FIRST_VALUE")',
        'VAR NowNumerator = [Time to first value numerator] + 0',
        'VAR NowDenominator = [Time to first value denominator]',
        'VAR Gain = BaseNumerator * NowDenominator - NowNumerator * BaseDenominator',
        'RETURN IF(BaseDenominator > 0 && NowDenominator > 0 && BaseNumerator <> 0, INT(DIVIDE(Gain * 10000, ABS(BaseNumerator) * NowDenominator)) / 10000)',
      ].join(' '),
    );
    expect(daxOf('Handoff completeness score improvement')).toContain(
      'VAR Gain = NowNumerator * BaseDenominator - BaseNumerator * NowDenominator',
    );
    expect(daxOf('Time to first value target')).toContain('BaseValue - ABS(BaseValue) * 0.2)');
  });

  it('take the value at the nearest rank as a percentile', () => {
    expect(numberOf('APPROVAL_LEAD_TIME_P90').form).toBe(KpiForm.PERCENTILE);
    expect(daxOf('Approval lead time, 90th percentile numerator')).toBe(
      [
        'VAR AsOf = [As of]',
        'VAR Cases = CALCULATETABLE(KpiCases, KEEPFILTERS(KpiCases[KpiKey] = "APPROVAL_LEAD_TIME_P90"), KEEPFILTERS(KpiCases[CountsAt] <= AsOf))',
        'VAR CaseCount = COUNTROWS(Cases)',
        'VAR AtRank = QUOTIENT(CaseCount * 90 + 99, 100)',
        'RETURN IF(CaseCount > 0, MAXX(TOPN(AtRank, Cases, KpiCases[Numerator], ASC), KpiCases[Numerator]))',
      ].join(' '),
    );
    expect(daxOf('Fill time numerator')).toContain('CaseCount * 50 + 99');
    // The whole division is the rank ceil(p * n) for every n, without a fraction in between.
    for (const p of [50, 90])
      for (let n = 1; n <= 1000; n++) expect(Math.floor((n * p + 99) / 100)).toBe(Math.ceil((n * p) / 100));
  });

  it('add the total itself, and compare it as a rate a day', () => {
    expect(daxOf('Scope-change incidents')).toBe(
      'IF([Scope-change incidents denominator] > 0, [Scope-change incidents numerator] + 0)',
    );
    expect(daxOf('Scope-change incidents improvement')).toContain(
      'VAR Gain = BaseNumerator * PeriodDays - NowNumerator * BaseDays',
    );
  });

  it('count the days of spans within the period, up to the as-of day', () => {
    const cases = 'KEEPFILTERS(KpiCases[KpiKey] = "SCOPE_CHANGE_FREQUENCY"), KEEPFILTERS(KpiCases[CountsAt] <= AsOf)';
    expect(daxOf('Scope-change frequency denominator')).toBe(
      [
        'VAR AsOf = [As of]',
        'VAR LastDay = [As-of day]',
        'VAR PeriodDays = VALUES(Dates[Day])',
        `VAR Points = CALCULATE(SUM(KpiCases[Denominator]), ${cases}, ISBLANK(KpiCases[SpanFromOn]))`,
        `VAR Spans = CALCULATETABLE(KpiCases, REMOVEFILTERS(Dates), ${cases}, NOT ISBLANK(KpiCases[SpanFromOn]))`,
        'VAR Covered = SUMX( Spans,',
        'VAR FromOn = KpiCases[SpanFromOn]',
        'VAR ToOn = MIN(COALESCE(KpiCases[SpanToOn], LastDay), LastDay)',
        'RETURN KpiCases[Denominator] * COUNTROWS(FILTER(PeriodDays, Dates[Day] >= FromOn && Dates[Day] <= ToOn)) )',
        'RETURN Points + Covered',
      ].join(' '),
    );
    expect(daxOf('Scope-change frequency numerator')).toContain(', ISBLANK(KpiCases[SpanFromOn]))');
  });

  it('count a kickoff as scheduled from when a date was first given, whenever the meeting is', () => {
    expect(daxOf('Kickoffs scheduled')).toBe(
      [
        'VAR AsOf = [As of] RETURN CALCULATE( COUNTROWS(Handoffs), TREATAS(VALUES(Dates[Day]), Handoffs[HappenedOn]),',
        'KEEPFILTERS(NOT ISBLANK(Handoffs[KickoffScheduledAt])), KEEPFILTERS(Handoffs[KickoffScheduledAt] <= AsOf) )',
      ].join(' '),
    );
  });

  it('call stalled what is past due and neither met nor void', () => {
    const waiting = [
      'REMOVEFILTERS(Dates)',
      'KEEPFILTERS(ISBLANK(SlaEvents[StoppedAt]))',
      'KEEPFILTERS(ISBLANK(SlaEvents[VoidedAt]))',
      'KEEPFILTERS(NOT ISBLANK(SlaEvents[DueAt]))',
    ].join(', ');
    expect(daxOf('Stalled steps')).toBe(
      `VAR AsOf = [As of] RETURN CALCULATE( COUNTROWS(SlaEvents), ${waiting}, KEEPFILTERS(SlaEvents[DueAt] < AsOf) )`,
    );
    expect(daxOf('Days overdue')).toContain(`VAR FirstDue = CALCULATE( MIN(SlaEvents[DueAt]), ${waiting} ) RETURN`);
  });

  it('are as of the refresh, since the rows know of nothing later', () => {
    expect(daxOf('As of')).toBe('MAX(Refresh[RefreshedAt])');
    expect([...measures.values()].join('\n')).not.toMatch(/\b(NOW|TODAY|UTCNOW|UTCTODAY|USERELATIONSHIP)\(/);
  });
});
