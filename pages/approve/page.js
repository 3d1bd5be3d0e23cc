'use strict';
/*
 * The page that the link of a message leads to (approvals rule 15). It signs the person in (authorization code with PKCE,
 * RFC 7636), opens the link once, shows what is asked, and votes by the ordinary castVote with the person's own token.
 * The token is held in memory alone; texts are only ever set as text.
 */
(() => {
  const HOME = '/approve/';
  const settings = JSON.parse(document.getElementById('settings').textContent);
  const main = document.querySelector('main');
  let accessToken = null;

  /** What outlives the way to the sign-in and back, in this tab alone. */
  const kept = {
    get: (name) => sessionStorage.getItem(`approve.${name}`),
    set: (name, value) => sessionStorage.setItem(`approve.${name}`, value),
    drop: (...names) => names.forEach((name) => sessionStorage.removeItem(`approve.${name}`)),
  };

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  };
  const button = (text, onclick) => element('button', { type: 'button', onclick }, text);
  const show = (...children) => main.replaceChildren(...children.filter((child) => child !== null));

  /** The secret leaves the address before anything else happens, so that it stays in no history. */
  async function start() {
    const link = location.pathname.slice(HOME.length);
    const answer = new URLSearchParams(location.search);
    if (link !== '') {
      kept.drop('request', 'sign-in');
      kept.set('link', link);
    }
    history.replaceState(null, '', HOME);
    if (answer.has('state')) await finishSignIn(answer);
    if (kept.get('link') === null && kept.get('request') === null) return showNothing();
    if (accessToken === null) return signIn();
    return open();
  }

  async function signIn(prompt) {
    if (settings.signIn === null)
      throw new Error('Sign-in from this page is not set up: open the request in your inbox.');
    const { authorization_endpoint: target } = await discover();
    const [verifier, state] = [secret(), secret()];
    kept.set('sign-in', JSON.stringify({ verifier, state }));
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: settings.signIn.clientId,
      redirect_uri: location.origin + HOME,
      scope: settings.signIn.scope,
      state,
      code_challenge: base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))),
      code_challenge_method: 'S256',
      ...(prompt ? { prompt } : {}),
    });
    location.assign(`${target}?${query}`);
  }

  async function finishSignIn(answer) {
    const begun = JSON.parse(kept.get('sign-in') ?? 'null');
    kept.drop('sign-in');
    if (begun === null || begun.state !== answer.get('state'))
      throw new Error('This sign-in was not begun here: open the link again.');
    if (!answer.has('code')) throw new Error(answer.get('error_description') ?? 'The sign-in was broken off.');
    const { token_endpoint: target } = await discover();
    const response = await fetch(target, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: settings.signIn.clientId,
        redirect_uri: location.origin + HOME,
        code: answer.get('code'),
        code_verifier: begun.verifier,
      }),
    });
    const token = await response.json();
    if (!response.ok) throw new Error(token.error_description ?? 'The sign-in did not work.');
    accessToken = token.access_token;
  }

  async function discover() {
    const response = await fetch(settings.signIn.metadata);
    if (!response.ok) throw new Error('The identity provider cannot be reached.');
    return response.json();
  }

  const secret = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
  const base64url = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');

  async function ask(document, variables) {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ query: settings.documents[document], variables }),
    });
    return response.json();
  }

  function answered({ data, errors }) {
    if (!errors) return data;
    const [{ message, extensions = {} }] = errors;
    throw new Error([message, extensions.remedy].filter(Boolean).join(' '));
  }

  async function open() {
    const link = kept.get('link');
    if (link !== null) {
      const { openVoteLink: opened } = answered(await ask('open', { input: { token: link } }));
      if (opened.__typename === 'Refused') return showRefusedLink(opened.findings);
      kept.drop('link');
      kept.set('request', opened.id);
    }
    return showRequest(null);
  }

  function showNothing() {
    show(
      element('h1', {}, 'Nothing to open'),
      element('p', {}, 'Open the link in the message that asks for your vote.'),
    );
  }

  function showRefusedLink(findings) {
    const another = findings.some(({ code }) => code === 'LINK_NOT_YOURS');
    if (!another) kept.drop('link');
    show(
      element('h1', {}, 'The link does not open'),
      findingList(findings),
      another ? button('Sign in as somebody else', () => attempt(() => signIn('login'))) : null,
    );
  }

  async function showRequest(notice) {
    const variables = { id: kept.get('request') };
    const full = await ask('request', variables);
    const figuresHidden = full.errors?.[0]?.extensions?.code === 'FORBIDDEN';
    const { approvalRequest: request } = answered(figuresHidden ? await ask('brief', variables) : full);
    document.title = `${title(request)}: Countersign`;
    show(
      element('h1', {}, title(request)),
      notice === null ? null : element('p', { class: 'done', role: 'status' }, notice),
      summary(request),
      request.marginException ? marginTable(request.marginException) : null,
      request.exception ? lineTable(request.exception) : null,
      request.changesSinceLastVote && !request.changesSinceLastVote.isSame
        ? changes(request.changesSinceLastVote)
        : null,
      request.history ? historyTable(request.history) : null,
      votes(request),
    );
  }

  const title = ({ kind, handoff }) =>
    [words(kind), handoff && `for ${handoff.number}, ${handoff.client?.name ?? 'unknown client'}`]
      .filter(Boolean)
      .join(' ');
  const words = (code) => {
    const text = code.toLowerCase().replaceAll('_', ' ');
    return text.charAt(0).toUpperCase() + text.slice(1);
  };
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

  function votes(request) {
    const heading = element('h2', {}, 'Your vote');
    if (!request.canVote) {
      const again = request.voteFindings.some(({ code }) => code === 'SIGN_IN_TOO_OLD' || code === 'SIGN_IN_UNKNOWN');
      const retry = again ? button('Sign in again', () => attempt(() => signIn('login'))) : null;
      return element('section', {}, heading, findingList(request.voteFindings), retry);
    }
    const reason = element('textarea', { id: 'reason', required: '', minlength: '3', maxlength: '2000', rows: '4' });
    const own = request.voteFindings.length === 0;
    const choices = [...(own ? [['', 'Myself']] : []), ...request.canVoteFor.map(({ id, handle }) => [id, handle])];
    const forWhom = element(
      'select',
      { id: 'for-whom' },
      ...choices.map(([value, name]) => element('option', { value }, name)),
    );
    const form = element(
      'form',
      {
        onsubmit: (event) => {
          event.preventDefault();
          const decision = event.submitter?.value ?? 'REJECT';
          void attempt(() => cast(request, decision, reason.value, forWhom.value || null), form);
        },
      },
      element('label', { for: 'reason' }, 'Why (kept with your vote)'),
      reason,
      ...(request.canVoteFor.length === 0 ? [] : [element('label', { for: 'for-whom' }, 'You vote for'), forWhom]),
      element('button', { value: 'APPROVE' }, 'Approve'),
      element('button', { value: 'REJECT' }, 'Reject'),
    );
    return element('section', {}, heading, form);
  }

  async function cast({ id: requestId, digest }, decision, reason, onBehalfOf) {
    const { castVote: outcome } = answered(
      await ask('vote', { input: { requestId, digest, decision, reason, onBehalfOf } }),
    );
    if (outcome.__typename === 'Refused') {
      await showRequest(null);
      main.querySelector('h1').after(findingList(outcome.findings));
      return;
    }
    await showRequest(decision === 'APPROVE' ? 'Your approval is recorded.' : 'Your rejection is recorded.');
  }

  function findingList(findings) {
    const items = findings.map(({ message, remedy }) => element('li', {}, `${message} ${remedy}`));
    return element('div', { class: 'refused', role: 'alert' }, element('ul', {}, ...items));
  }

  /** Runs a step; what goes wrong is said, and the buttons of a form rest meanwhile. */
  async function attempt(step, form = null) {
    const buttons = form === null ? [] : [...form.querySelectorAll('button')];
    main.querySelector('.fault')?.remove();
    for (const one of buttons) one.disabled = true;
    try {
      await step();
    } catch (error) {
      main.append(element('div', { class: 'refused fault', role: 'alert' }, element('p', {}, error.message)));
    } finally {
      for (const one of buttons) one.disabled = false;
    }
  }

  void attempt(start);
})();
