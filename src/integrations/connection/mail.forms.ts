import type { FieldRule, VendorForm } from './connection.forms.js';

const text = (name: string, means: string, isRequired: boolean, longest: number): FieldRule => ({
  name,
  isRequired,
  means,
  kind: 'TEXT',
  longest,
});

const KIND: FieldRule = {
  name: 'kind',
  isRequired: true,
  means: 'GRAPH (one mailbox, by Microsoft Graph) or SMTP',
  kind: 'CHOICE',
  choices: ['GRAPH', 'SMTP'],
};

/** Mail from one mailbox by Microsoft Graph; the credentials are those of an app registration, as for SharePoint. */
const GRAPH: Pick<VendorForm, 'settings' | 'credentials'> = {
  settings: [
    KIND,
    { name: 'directoryId', isRequired: true, means: "the directory's (Entra tenant's) GUID", kind: 'GUID' },
    { name: 'mailbox', isRequired: true, means: 'the address of the one mailbox that sends', kind: 'MAIL_ADDRESS' },
  ],
  credentials: [
    text('clientId', "the app registration's application (client) id", true, 100),
    text(
      'clientSecret',
      "the value of the app registration's client secret, where there is no certificate",
      false,
      4000,
    ),
    text('certificateKey', "the certificate's private key as PKCS #8 PEM text, in place of a secret", false, 4000),
    text('certificateThumbprint', "the certificate's SHA-256 thumbprint, 64 hexadecimal digits", false, 100),
  ],
};

/** Mail by SMTP submission; never without TLS but to this machine's own simulators. */
const SMTP: Pick<VendorForm, 'settings' | 'credentials'> = {
  settings: [
    KIND,
    { name: 'from', isRequired: true, means: 'the address that mails come from', kind: 'MAIL_ADDRESS' },
    text('host', 'the name of the mail server, such as smtp.office365.com', true, 200),
    { name: 'port', isRequired: false, means: '587 (the default), 465 or 2525', kind: 'ID' },
    {
      name: 'tls',
      isRequired: false,
      means: 'STARTTLS (the default; required, never only offered) or IMPLICIT (TLS from the start, port 465)',
      kind: 'CHOICE',
      choices: ['STARTTLS', 'IMPLICIT', 'NONE'],
    },
  ],
  credentials: [text('user', 'the user who may submit mail', true, 200), text('password', 'the password', true, 1000)],
};

/** Mail: what it needs depends on its kind; before the kind is known, only the kind is asked for. */
export const MAIL_FORM: VendorForm = {
  label: 'Mail',
  settings: [KIND],
  credentials: [],
  variants: { setting: 'kind', forms: { GRAPH, SMTP } },
};
