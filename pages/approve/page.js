'use strict';
/*
 * The page that the link of a message leads to (approvals rule 15). It signs the person in, opens the link once, shows
 * what is asked, and votes by the ordinary castVote with the person's own token.
 */
(() => {
  const HOME = '/approve/';
  const settings = JSON.parse(document.getElementById('settings').textContent);
  const main = document.querySelector('main');
  const { element, findingList, session } = globalThis.page;
  const { title, details } = globalThis.view;
  const withoutSignIn = 'Sign-in from this page is not set up: open the request in your inbox.';
  const { kept, signIn, finishSignIn, ask, answered, isSignedIn } = session({
    settings,
    home: HOME,
    name: 'approve',
    withoutSignIn,
  });
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
    if (!isSignedIn()) return signIn();
    return open();
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
