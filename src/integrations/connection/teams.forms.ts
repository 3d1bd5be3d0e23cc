import type { FieldRule, VendorForm } from './connection.forms.js';

const optional = { isRequired: false } as const;
const onOrOff = (name: string, means: string): FieldRule => ({
  ...optional,
  name,
  means: `OFF (the default) or ON: ${means}`,
  kind: 'CHOICE',
  choices: ['OFF', 'ON'],
});

const SETTINGS: readonly FieldRule[] = [
  { ...optional, name: 'channel', means: 'the name of the channel, for people', kind: 'TEXT', longest: 200 },
  {
    ...optional,
    name: 'topics',
    means: 'what it is told: DECISIONS, APPROVALS, SIGN_OFFS, ALERTS, separated by commas; all when left out',
    kind: 'WORDS',
    words: ['DECISIONS', 'APPROVALS', 'SIGN_OFFS', 'ALERTS'],
  },
  onOrOff('quietHours', "cards wait for the working hours of the tenant's calendar; escalations and alerts do not"),
  {
    ...optional,
    name: 'digest',
    means: 'OFF (the default) or DAILY: one card each business day in place of single ones',
    kind: 'CHOICE',
    choices: ['OFF', 'DAILY'],
  },
  { ...optional, name: 'digestAt', means: 'when the digest comes, such as 16:30; 09:00 when left out', kind: 'TIME' },
  {
    ...optional,
    name: 'burst',
    means: 'how many cards come one by one within burstMinutes, from 1 to 100; 10 when left out. More become one',
    kind: 'COUNT',
    most: 100,
  },
  { ...optional, name: 'burstMinutes', means: 'from 1 to 1440; 10 when left out', kind: 'COUNT', most: 1440 },
  onOrOff('delegated', 'people post in their own name while they are present; needs teamId and channelId'),
];

const PLACE: readonly FieldRule[] = [
  { name: 'teamId', isRequired: false, means: "the team's id, a GUID (groupId in the channel's link)", kind: 'GUID' },
  {
    name: 'channelId',
    isRequired: false,
    means: "the channel's id, such as 19:…@thread.tacv2 (in the channel's link)",
    kind: 'TEXT',
    longest: 200,
  },
];

const CREDENTIALS: readonly FieldRule[] = [
  { name: 'webhookUrl', isRequired: true, means: "the Workflows webhook's https address", kind: 'HTTPS' },
];

/** What connecting a channel in Teams needs; delegated posts need to know which channel it is. */
export const TEAMS_FORM: VendorForm = {
  label: 'Microsoft Teams',
  settings: [...SETTINGS, ...PLACE],
  credentials: CREDENTIALS,
  variants: {
    setting: 'delegated',
    forms: {
      ON: {
        settings: [...SETTINGS, ...PLACE.map((rule): FieldRule => ({ ...rule, isRequired: true }))],
        credentials: CREDENTIALS,
      },
    },
  },
};
