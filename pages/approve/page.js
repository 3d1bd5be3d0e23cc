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

  const { element, title, details, findingList } = globalThis.view;
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
      ...details(request),
      votes(request),
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
