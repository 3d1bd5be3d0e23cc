import fc from 'fast-check';
import { VendorError } from '../../src/core/outbox/vendor-error.js';
import { mailTexts, oneLine } from '../../src/integrations/mail/mail.content.js';
import { checkedRecipient } from '../../src/integrations/mail/mail.way.js';
import { smtpFault, smtpTarget } from '../../src/integrations/mail/smtp.rules.js';

const thrown = (work: () => unknown): VendorError => {
  try {
    work();
  } catch (error) {
    return error as VendorError;
  }
  throw new Error('nothing was thrown');
};

describe('the texts of a mail', () => {
  it('keeps whatever people type as text: one line of subject, no tag, no header of its own', () => {
    const typed = fc.string({ unit: 'binary', maxLength: 900 });
    fc.assert(
      fc.property(typed, typed, typed, (subject, title, line) => {
        const link = { label: 'Open', url: 'https://countersign.example.com/handoffs/1' };
        const texts = mailTexts({ subject, sections: [{ title, lines: [line], link }], footer: 'why' });
        expect(texts.subject).not.toMatch(/[\r\n\u2028\u2029\0]/);
        expect([...texts.subject].length).toBeLessThanOrEqual(150);
        // What is ours, and nothing that was typed.
        const tags = texts.html.match(/<[^>]*>/g)!.map((tag) => tag.replace(/ .*>/, '>'));
        expect(new Set(tags)).toEqual(
          new Set([
            '<!doctype>',
            '<html>',
            '</html>',
            '<body>',
            '</body>',
            '<h2>',
            '</h2>',
            '<p>',
            '</p>',
            '<a>',
            '</a>',
            '<hr>',
          ]),
        );
        expect(texts.text.split('\n').slice(0, 3)).toEqual([oneLine(title), '', oneLine(line)]);
      }),
    );
  });

  it.each([
    { typed: 'Budget\r\nBcc: all@example.com', kept: 'Budget Bcc: all@example.com' },
    { typed: 'a\u202Egnp.exe', kept: 'a gnp.exe' },
    { typed: '  two \t tabs  ', kept: 'two tabs' },
    { typed: 'half \ud83d here', kept: 'half \ufffd here' },
  ])('$kept is one line', ({ typed, kept }) => expect(oneLine(typed)).toBe(kept));

  it('escapes in HTML, and says how many more there are', () => {
    const sections = Array.from({ length: 60 }, () => ({
      title: 'a & b',
      lines: ['<img src=x onerror="1">'],
      link: null,
    }));
    const { html, text } = mailTexts({ subject: 's', sections, footer: "it's why" });
    expect(html).toContain('&lt;img src=x onerror=&quot;1&quot;&gt;');
    expect(html).toContain('it&#39;s why');
    expect(html.match(/<h2>/g)).toHaveLength(50);
    expect(text).toContain('And 10 more');
  });
});

it.each([
  'two@example.com, three@example.com',
  'a@b@example.com',
  'dana <dana@example.com>',
  'dana@example.com\r\nBcc: x@example.com',
  '',
  'dana',
])('refuses the address %j', (address) => {
  expect(thrown(() => checkedRecipient({ name: 'Dana', address }))).toMatchObject({
    kind: 'REFUSED',
    code: 'MAIL_RECIPIENT',
  });
});

describe('where mail is submitted', () => {
  const hosts = ['smtp.office365.com', 'mail.example.com'];
  const target = (settings: Record<string, string>) => smtpTarget(settings, ['http://127.0.0.1:2525'], hosts);

  it.each<{ settings: Record<string, string>; found: object }>([
    { settings: { host: 'SMTP.office365.com' }, found: { host: 'smtp.office365.com', port: 587, tls: 'STARTTLS' } },
    {
      settings: { host: 'mail.example.com', tls: 'IMPLICIT' },
      found: { port: 465, tls: 'IMPLICIT', isLoopback: false },
    },
    { settings: { host: '127.0.0.1', port: '2525', tls: 'NONE' }, found: { port: 2525, isLoopback: true } },
  ])('$settings', ({ settings, found }) => expect(target(settings)).toMatchObject(found));

  it.each([
    { host: 'mail.example.com', tls: 'NONE' },
    { host: 'mail.example.com', port: '25' },
    { host: 'mail.example.com', port: '5432' },
    { host: '127.0.0.1', port: '587' },
    { host: '127.0.0.1', port: '2526', tls: 'NONE' },
    { host: '0x7f.1' },
    { host: '2130706433' },
    { host: '[::1]' },
    { host: '169.254.169.254' },
    { host: '168.63.129.16' },
    { host: 'evil.example.org' },
    { host: 'mail.example.com@evil.example.org' },
    { host: 'mail.example.com/x', port: '22' },
    { host: '' },
  ])('refuses $host $port $tls', (settings) => {
    expect(thrown(() => target(settings as unknown as Record<string, string>))).toMatchObject({ kind: 'REFUSED' });
  });
});

describe('what a fault means for the mail', () => {
  it.each([
    { what: 'greylisting', fault: { responseCode: 450, command: 'RCPT TO' }, begun: false, kind: 'BUSY' },
    { what: '4yz to the text', fault: { responseCode: 451, command: 'DATA' }, begun: false, kind: 'BUSY' },
    { what: '4yz to the sender', fault: { responseCode: 451, command: 'MAIL FROM' }, begun: false, kind: 'RETRY' },
    {
      what: 'a server that closes at a recipient',
      fault: { responseCode: 421, command: 'RCPT TO' },
      begun: false,
      kind: 'RETRY',
    },
    { what: 'a full queue', fault: { responseCode: 421, command: 'CONN' }, begun: false, kind: 'RETRY' },
    { what: '4yz after the text', fault: { responseCode: 451, command: 'DATA' }, begun: true, kind: 'BUSY' },
    { what: 'an unknown recipient', fault: { responseCode: 550, command: 'RCPT TO' }, begun: false, kind: 'REFUSED' },
    { what: '5yz after the text', fault: { responseCode: 554, command: 'DATA' }, begun: true, kind: 'REFUSED' },
    {
      what: 'a foreign sender',
      fault: { responseCode: 553, command: 'MAIL FROM' },
      begun: false,
      kind: 'DISCONNECTED',
    },
    { what: 'a wrong password', fault: { code: 'EAUTH', responseCode: 535 }, begun: false, kind: 'DISCONNECTED' },
    { what: 'sign-in that fails for now', fault: { code: 'EAUTH', responseCode: 454 }, begun: false, kind: 'RETRY' },
    { what: 'no TLS', fault: { code: 'ETLS', responseCode: 502 }, begun: false, kind: 'DISCONNECTED' },
    {
      what: 'a certificate of nobody',
      fault: { code: 'ESOCKET', originalCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      begun: false,
      kind: 'DISCONNECTED',
    },
    { what: 'no connection', fault: { code: 'ECONNREFUSED' }, begun: false, kind: 'RETRY' },
    { what: 'a cut before the text', fault: { code: 'ECONNECTION' }, begun: false, kind: 'RETRY' },
    { what: 'a cut after the text', fault: { code: 'ECONNECTION' }, begun: true, kind: 'UNKNOWN_OUTCOME' },
    { what: 'a server that closes after the text', fault: { responseCode: 421 }, begun: true, kind: 'UNKNOWN_OUTCOME' },
    { what: 'a timeout after the text', fault: { code: 'ETIMEDOUT' }, begun: true, kind: 'UNKNOWN_OUTCOME' },
  ])('$what: $kind', ({ fault, begun, kind }) => {
    const error = smtpFault(fault, begun, 'look for <id>');
    expect(error.kind).toBe(kind);
    expect(error.remedy).not.toBe('');
    if (kind === 'UNKNOWN_OUTCOME') expect(error.remedy).toBe('look for <id>');
  });

  it('once the text has begun to flow, only an answer says that it was not taken', () => {
    const codes = fc.constantFrom('ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'ETLS', 'EAUTH', 'STOPPED', undefined);
    fc.assert(
      fc.property(codes, fc.option(fc.integer({ min: 100, max: 700 })), (code, responseCode) => {
        const { kind } = smtpFault({ code, responseCode: responseCode ?? undefined, command: 'DATA' }, true, '');
        const isRefused = responseCode !== null && responseCode >= 400 && responseCode < 600 && responseCode !== 421;
        expect(kind === 'UNKNOWN_OUTCOME').toBe(!isRefused);
      }),
    );
  });
});
