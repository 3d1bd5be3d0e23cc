'use strict';
/*
 * The page that a link to a handoff leads to, such as the one in the PSA: where the handoff stands and what is missing
 * for its next step, as far as the person who signs in may see it. It changes nothing.
 */
(() => {
  const HOME = '/handoffs/';
  const settings = JSON.parse(document.getElementById('settings').textContent);
  const main = document.querySelector('main');
  const { element, words, findingList, session } = globalThis.page;
  const withoutSignIn = 'Sign-in from this page is not set up: look the handoff up by its number instead.';
  const { kept, signIn, finishSignIn, ask, answered, isSignedIn } = session({
    settings,
    home: HOME,
    name: 'handoff',
    withoutSignIn,
  });
  const show = (...children) => main.replaceChildren(...children.filter((child) => child !== null));

  /** Which gate stands before the next step, by the stage. */
  const GATES = { DRAFT: 'SUBMIT', RETURNED: 'SUBMIT', IN_REVIEW: 'SIGN_OFF', SIGNED_OFF: 'KICKOFF' };
  const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

  async function start() {
    const id = location.pathname.slice(HOME.length);
    const answer = new URLSearchParams(location.search);
    if (id !== '') kept.set('id', id);
    if (answer.has('state')) {
      // The code is good once: it does not stay in the history.
      history.replaceState(null, '', HOME + (kept.get('id') ?? ''));
      await finishSignIn(answer);
    }
    if (!ID.test(kept.get('id') ?? '')) return showNothing();
    return isSignedIn() ? showHandoff(kept.get('id')) : signIn();
  }

  function showNothing() {
    show(element('h1', {}, 'No handoff'), element('p', {}, 'Open the link to a handoff, as the PSA or a card has it.'));
  }

  async function showHandoff(id) {
    const { handoff } = answered(await ask('handoff', { id }));
    const { number, stage, availableActions } = handoff;
    document.title = `${number}: Countersign`;
    show(
      element('h1', {}, `Handoff ${number}`),
      facts([
        ['Stage', words(stage)],
        ['You may', availableActions.map(words).join(', ') || 'look'],
      ]),
      await missing(id, GATES[stage]),
    );
  }

  function facts(pairs) {
    return element('dl', {}, ...pairs.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
  }

  async function missing(id, gate) {
    if (gate === undefined) return null;
    const answer = await ask('readiness', { id, gate });
    // Not everybody may run the dry run of every gate.
    if (answer.errors?.[0]?.extensions?.code === 'FORBIDDEN') return null;
    const { ready, findings } = answered(answer).handoff.readiness;
    const heading = element('h2', {}, `Before it can pass: ${words(gate)}`);
    const said = ready ? element('p', { class: 'done' }, 'Nothing is missing.') : findingList(findings);
    return element('section', {}, heading, said);
  }

  start().catch((error) => {
    main.append(element('div', { class: 'refused', role: 'alert' }, element('p', {}, error.message)));
  });
})();
