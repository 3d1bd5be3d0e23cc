import { Vendor } from './connection.entity.js';
import { MAIL_FORM } from './mail.forms.js';
import { POWERBI_FORM } from './powerbi.forms.js';
import { TEAMS_FORM } from './teams.forms.js';

/** What a setting or credential of a connection may hold. */
export type FieldRule = {
  readonly name: string;
  readonly isRequired: boolean;
  /** Shown to whoever gives something else. */
  readonly means: string;
} & (
  | { readonly kind: 'TEXT'; readonly longest: number }
  | { readonly kind: 'CHOICE'; readonly choices: readonly string[] }
  | { readonly kind: 'IDS' }
  | { readonly kind: 'ID' }
  | { readonly kind: 'ID_BY_WORD' }
  | { readonly kind: 'GUID' }
  | { readonly kind: 'WORDS'; readonly words: readonly string[] }
  | { readonly kind: 'TIME' }
  | { readonly kind: 'COUNT'; readonly most: number }
  | { readonly kind: 'HTTPS' }
  | { readonly kind: 'MAIL_ADDRESS' }
);

/** What connecting a vendor needs. A connector adds its settings here; nothing else knows them. */
export interface VendorForm {
  /** What administrators call it. */
  readonly label: string;
  readonly settings: readonly FieldRule[];
  readonly credentials: readonly FieldRule[];
  /** The kind of the effect that watches the vendor from the connection on; asks for itself again and again. */
  readonly watch?: string;
  /** Fields in place of these, by the value of a setting. */
  readonly variants?: {
    readonly setting: string;
    readonly forms: Readonly<Record<string, Pick<VendorForm, 'settings' | 'credentials'>>>;
  };
}

/** The hosts of the vendors' clouds, each with everything under it; an operator adds more by VENDOR_HOSTS. */
export const VENDOR_HOSTS: readonly string[] = [
  'halopsa.com',
  'sharepoint.com',
  'graph.microsoft.com',
  'login.microsoftonline.com',
  'logic.azure.com',
  'api.powerplatform.com',
  'api.powerbi.com',
];

const ID_LIST = 'whole numbers separated by commas, such as 12,15';

const text = (name: string, means: string, isRequired = true, longest = 4000): FieldRule => ({
  name,
  isRequired,
  means,
  kind: 'TEXT',
  longest,
});
const ids = (name: string, means: string): FieldRule => ({
  name,
  isRequired: false,
  means: `${means}: ${ID_LIST}`,
  kind: 'IDS',
});

const id = (name: string, means: string): FieldRule => ({
  name,
  isRequired: false,
  means: `${means}: a whole number`,
  kind: 'ID',
});
const idByWord = (name: string, means: string, example: string): FieldRule => ({
  name,
  isRequired: false,
  means: `${means}: pairs separated by commas, such as ${example}`,
  kind: 'ID_BY_WORD',
});
const address = (name: string, means: string): FieldRule => ({ name, isRequired: false, means, kind: 'HTTPS' });

/** One form a vendor. */
export const VENDOR_FORMS: Readonly<Record<Vendor, VendorForm>> = {
  [Vendor.HALOPSA]: {
    label: 'HaloPSA',
    watch: 'halopsa.sweep',
    settings: [
      {
        name: 'mode',
        isRequired: false,
        means: 'OBSERVE, FLAG (the default), REVERT or NATIVE',
        kind: 'CHOICE',
        choices: ['OBSERVE', 'FLAG', 'REVERT', 'NATIVE'],
      },
      ids('opportunityTypeIds', 'the ticket types of opportunities'),
      ids('wonStatusIds', 'the statuses that mean won'),
      ids('wonClosureCategoryIds', 'the closure categories that mean won'),
      ids('wonStageIds', 'the stages of the pipeline that mean won, once the opportunity is closed'),
      ids('earlyStageIds', 'the stages of the pipeline from which a handoff is opened before the win'),
      id('earlyProbability', 'the probability in per cent from which a handoff is opened before the win'),
      id('revertStatusId', 'the status that an opportunity is moved back to, for the mode REVERT'),
      id('agentId', 'the agent of the API application, who answers approvals, for the mode NATIVE'),
      id('approvedResult', "HaloPSA's code of an approval that was given; 1 when left out"),
      id('rejectedResult', "HaloPSA's code of an approval that was rejected; 2 when left out"),
      address('resourceServer', "the API's address, where it is not <baseUrl>/api"),
      address('authServer', 'the address of sign-in, where it is not <baseUrl>/auth'),
      text('tenant', 'the name of the instance, for one in the cloud', false, 100),
      text('scope', 'the permissions to ask for; read:tickets edit:tickets read:customers when left out', false, 500),
      id('projectTypeId', 'the ticket type of projects'),
      id('taskTypeId', 'the ticket type of project tasks'),
      ids('contactOutcomeIds', 'the outcomes of an action that are a contact with the client, beside a mail to them'),
      idByWord('budgetTypeIds', 'budget types by the keys of ours', 'engineering=1,equipment=3'),
      idByWord('projectStatusIds', 'statuses by AWAITING_SIGN_OFF, ACTIVE and CANCELLED', 'ACTIVE=22,CANCELLED=24'),
      {
        name: 'taskOwners',
        isRequired: false,
        means: 'NONE (the default) or BY_EMAIL: the agent with the e-mail address of whom we name',
        kind: 'CHOICE',
        choices: ['NONE', 'BY_EMAIL'],
      },
      {
        name: 'taskDependencies',
        isRequired: false,
        means: "NONE (the default) or DATES: HaloPSA's date dependencies between tasks",
        kind: 'CHOICE',
        choices: ['NONE', 'DATES'],
      },
    ],
    credentials: [
      text('clientId', "the API application's client id"),
      text('clientSecret', "the API application's client secret"),
    ],
  },
  [Vendor.SHAREPOINT]: {
    label: 'SharePoint',
    settings: [
      { name: 'directoryId', isRequired: true, means: "the directory's (Entra tenant's) GUID", kind: 'GUID' },
      text('library', "the name of the document library; the site's own when left out", false, 200),
      text('folder', 'the folder in the library for everything; Handoffs when left out', false, 80),
      {
        name: 'links',
        isRequired: false,
        means: 'NONE (the default) or ORGANIZATION: a sharing link for everybody in the organisation',
        kind: 'CHOICE',
        choices: ['NONE', 'ORGANIZATION'],
      },
    ],
    credentials: [
      text('clientId', "the app registration's application (client) id", true, 100),
      text('clientSecret', "the value of the app registration's client secret, where there is no certificate", false),
      text('certificateKey', "the certificate's private key as PKCS #8 PEM text, in place of a secret", false),
      text('certificateThumbprint', "the certificate's SHA-256 thumbprint, 64 hexadecimal digits", false, 100),
    ],
  },
  [Vendor.TEAMS]: TEAMS_FORM,
  [Vendor.POWERBI]: POWERBI_FORM,
  [Vendor.MAIL]: MAIL_FORM,
};

/** The fields of a vendor for a connection with these settings. */
export function formOf(
  vendor: Vendor,
  settings: Readonly<Record<string, string>>,
): Pick<VendorForm, 'settings' | 'credentials'> {
  const form = VENDOR_FORMS[vendor];
  return form.variants?.forms[settings[form.variants.setting] ?? ''] ?? form;
}
