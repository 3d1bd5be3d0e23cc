'use strict';
/* What our own pages share: elements, findings, and the person's session. Texts are only ever set as text. */
globalThis.page = (() => {
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  };

  const words = (code) => {
    const text = code.toLowerCase().replaceAll('_', ' ');
    return text.charAt(0).toUpperCase() + text.slice(1);
  };

  function findingList(findings) {
    const items = findings.map(({ message, remedy }) => element('li', {}, `${message} ${remedy}`));
    return element('div', { class: 'refused', role: 'alert' }, element('ul', {}, ...items));
  }

  /**
   * A person's session on one page: signs them in by authorization code with PKCE (RFC 7636) and asks the API with their
   * own token, which is held in memory alone. `home` is the page's address without what it is about, to which the
   * sign-in comes back; `name` sets its things in this tab apart from those of our other pages.
   */
  function session({ settings, home, name, withoutSignIn }) {
    let accessToken = null;

    /** What outlives the way to the sign-in and back, in this tab alone. */
    const kept = {
      get: (key) => sessionStorage.getItem(`${name}.${key}`),
      set: (key, value) => sessionStorage.setItem(`${name}.${key}`, value),
      drop: (...keys) => keys.forEach((key) => sessionStorage.removeItem(`${name}.${key}`)),
    };

    async function signIn(prompt) {
      if (settings.signIn === null) throw new Error(withoutSignIn);
      const { authorization_endpoint: target } = await discover();
      const [verifier, state] = [secret(), secret()];
      kept.set('sign-in', JSON.stringify({ verifier, state }));
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: settings.signIn.clientId,
        redirect_uri: location.origin + home,
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
          redirect_uri: location.origin + home,
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

    return { kept, signIn, finishSignIn, ask, answered, isSignedIn: () => accessToken !== null };
  }

  return { element, words, findingList, session };
})();
