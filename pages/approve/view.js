'use strict';
/* What an approver sees of a request, as elements of the page. Texts are only ever set as text. */
globalThis.view = (() => {
  const { element, words } = globalThis.page;
  const title = ({ kind, handoff }) =>
    [words(kind), handoff && `for ${handoff.number}, ${handoff.client?.name ?? 'unknown client'}`]
      .filter(Boolean)
      .join(' ');
  const time = (instant) => new Date(instant).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  const amount = (value) => (value ? `${value.amount} ${value.currency}` : 'unknown');
  const percent = (bps) => {
    if (bps === null) return 'none';
    const digits = String(Math.abs(bps)).padStart(3, '0');
    return `${bps < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)} %`;
  };
  const names = (people) => people.map(({ handle }) => handle).join(', ') || 'nobody';

  function terms(pairs) {
    const rows = pairs.filter((pair) => pair !== null);
    return element('dl', {}, ...rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
  }

  function summary(request) {
    const { state, expired, requester, reason, decideBy, approvals, approversNeeded, steps, handoff } = request;
    const missing = steps.filter((step) => step.missing > 0);
    return terms([
      ['Stands', expired ? 'Expired' : words(state)],
      ['Asked by', requester?.handle ?? 'unknown'],
      reason === undefined ? null : ['Why', reason],
      ['Decide by', time(decideBy)],
      ['Approvals', `${approvals} of ${approversNeeded}`],
      missing.length === 0
        ? null
        : [
            'Still missing',
            missing
              .map((step) => `${step.missing} of ${step.name}${step.candidates ? ` (${names(step.candidates)})` : ''}`)
              .join('; '),
          ],
      handoff?.currentBrief
        ? ['Brief', `version ${handoff.currentBrief.version}, ${handoff.currentBrief.state.toLowerCase()}`]
        : null,
    ]);
  }

  function table(caption, columns, rows) {
    const head = columns.map(([name, figure]) => element('th', { scope: 'col', class: figure ? 'figure' : '' }, name));
    const body = rows.map(({ cells, missed }) =>
      element(
        'tr',
        { class: missed ? 'missed' : '' },
        ...cells.map((cell, at) => element('td', { class: columns[at][1] ? 'figure' : '' }, cell)),
      ),
    );
    const parts = [
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...body),
    ];
    return element('div', { class: 'wide' }, element('table', {}, ...parts));
  }

  function marginTable({ parts }) {
    const columns = [['Part'], ['Margin', true], ['Floor', true], ['Missing', true], ['In points', true]];
    const rows = parts.map((part) => ({
      missed: !part.meetsFloor,
      cells: [
        words(part.scope),
        percent(part.marginBps),
        percent(part.floorBps),
        part.meetsFloor ? 'nothing' : amount(part.shortfall),
        part.meetsFloor ? '' : percent(part.shortfallBps),
      ],
    }));
    return element(
      'section',
      {},
      element('h2', {}, 'Margin'),
      table('Margin against the floors, over the contract', columns, rows),
    );
  }

  function lineTable({ lines, weighing }) {
    const columns = [
      ['Line'],
      ['What'],
      ['Revenue', true],
      ['Cost', true],
      ['Margin', true],
      ['Floor', true],
      ['Adds to the shortfall', true],
    ];
    const rows = lines.map((line) => ({
      missed: line.marginBps !== null && line.floorBps !== null && line.marginBps < line.floorBps,
      cells: [
        String(line.position),
        line.description,
        amount(line.revenue),
        amount(line.cost),
        percent(line.marginBps),
        percent(line.floorBps),
        line.contribution ? amount(line.contribution) : '',
      ],
    }));
    const weighed =
      weighing &&
      terms([
        ['Weighed as', words(weighing.gravity)],
        ['Missing', amount(weighing.shortfall)],
        [`Same client, ${weighing.clientWindowDays} days`, amount(weighing.priorShortfall)],
        ['Threshold', `${amount(weighing.threshold.shortfall)} or ${percent(weighing.threshold.shortfallBps)}`],
        weighing.exchangeRate
          ? [
              'Rate',
              `${weighing.exchangeRate.rate} from ${weighing.exchangeRate.from}, ${weighing.exchangeRate.source}`,
            ]
          : null,
      ]);
    return element(
      'section',
      {},
      element('h2', {}, 'Line by line'),
      table('Red misses the floor that applies to it', columns, rows),
      weighed,
    );
  }

  function changes({ sinceRound, fields, lines, reordered, totalBefore, totalAfter }) {
    const said = (change) => `${change.field}: ${change.before ?? 'none'} → ${change.after ?? 'none'}`;
    const items = [
      ...fields.map(said),
      ...lines.map(
        (line) =>
          `${words(line.kind)} line ${line.position}, ${line.description}: ${[...line.fields, ...line.costs].map(said).join('; ')}`,
      ),
      ...(reordered ? ['The lines stand in another order.'] : []),
      `Total: ${amount(totalBefore)} → ${amount(totalAfter)}`,
    ];
    return element(
      'section',
      {},
      element('h2', {}, `Changed since the last vote (round ${sinceRound})`),
      element('ul', {}, ...items.map((item) => element('li', {}, item))),
    );
  }

  function historyTable(history) {
    const columns = [
      ['Others of the same'],
      ['Asked', true],
      ['Approved', true],
      ['Rejected', true],
      ['Expired', true],
      ['Missing in all', true],
      ['Median hours', true],
    ];
    const rows = [
      ['Requester', history.requester],
      ['Service template', history.serviceTemplate],
      ['Client', history.client],
    ].map(([name, record]) => ({
      cells: [
        name,
        ...[record.asked, record.approved, record.rejected, record.expired].map(String),
        amount(record.shortfall),
        record.medianDecisionHours ?? '',
      ],
    }));
    return element(
      'section',
      {},
      element('h2', {}, 'History'),
      table('Margin exceptions of the last 365 days', columns, rows),
    );
  }

  function evidenceTable(checklist) {
    const columns = [['Item'], ['State'], ['Document'], ['SHA-256'], ['Verified by']];
    const rows = checklist.map(({ label, status, evidence: [latest] }) => ({
      cells: [
        label,
        words(status),
        latest ? documentLink(latest) : '',
        latest ? latest.contentHash.slice(0, 12) : '',
        latest?.verifier?.handle ?? '',
      ],
    }));
    return element('section', {}, element('h2', {}, 'Evidence'), table('What is proven, and by what', columns, rows));
  }

  function documentLink({ title, documentUrl }) {
    if (!documentUrl?.startsWith('https://')) return title;
    return element('a', { href: documentUrl, target: '_blank', rel: 'noopener noreferrer' }, title);
  }

  /** Everything about a request but the vote itself, as far as the figures are for the one who looks. */
  const details = (request) => {
    const { marginException, exception, changesSinceLastVote: change, history } = request;
    return [
      summary(request),
      marginException ? marginTable(marginException) : null,
      exception ? lineTable(exception) : null,
      change && !change.isSame ? changes(change) : null,
      history ? historyTable(history) : null,
      request.handoff?.checklist?.length > 0 ? evidenceTable(request.handoff.checklist) : null,
    ];
  };

  return { title, details };
})();
