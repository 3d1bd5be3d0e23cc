import type { FieldRule, VendorForm } from './connection.forms.js';

const guid = (name: string, means: string, isRequired: boolean): FieldRule => ({
  name,
  isRequired,
  means,
  kind: 'GUID',
});
const choice = (name: string, choices: readonly string[], means: string): FieldRule => ({
  name,
  isRequired: false,
  means,
  kind: 'CHOICE',
  choices,
});
const text = (name: string, means: string, isRequired: boolean, longest: number): FieldRule => ({
  name,
  isRequired,
  means,
  kind: 'TEXT',
  longest,
});

/** Power BI: one workspace, by a service principal of the tenant's own. Everything beside the workspace is optional. */
export const POWERBI_FORM: VendorForm = {
  label: 'Power BI',
  settings: [
    guid('directoryId', "the directory's (Entra tenant's) GUID", true),
    guid('workspaceId', "the workspace's GUID (groups/... in its address)", true),
    guid('reportId', "the report's GUID, to show it on the reports page", false),
    guid('datasetId', 'the GUID of the semantic model that is refreshed', false),
    guid('profileId', 'the GUID of a service principal profile; rows cannot be pushed with one', false),
    choice('push', ['OFF', 'ON'], 'OFF (the default) or ON: rows are pushed; Microsoft ends this on 31 October 2027'),
    choice('refresh', ['OFF', 'ON'], 'OFF (the default) or ON: the semantic model is refreshed after changes'),
    choice('capacity', ['SHARED', 'PREMIUM'], 'SHARED (the default) or PREMIUM (also PPU, Embedded and Fabric)'),
    {
      name: 'refreshesPerDay',
      isRequired: false,
      means:
        'how often a day the model is refreshed at most, from 1 to 48; 6 when left out, and on SHARED never above 8',
      kind: 'COUNT',
      most: 48,
    },
    text('embedRole', "the model's role that readers of the report get; TenantReader when left out", false, 50),
    {
      name: 'reportShows',
      isRequired: false,
      means:
        'what the report shows that not everybody may see: NONE, MARGIN, PERSONAL, separated by commas; both when left out',
      kind: 'WORDS',
      words: ['NONE', 'MARGIN', 'PERSONAL'],
    },
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
