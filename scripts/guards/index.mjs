// Every guard of the 17 rules of approval, by the rule's number, and of the 17 attacks on it. Each names the test that must
// fail when its text is taken away: a file, and a part of the test's name.
import { ATTACK_GUARDS } from './attacks.mjs';
import { CONTENT_GUARDS } from './content.mjs';
import { EMERGENCY_GUARDS } from './emergency.mjs';
import { EVIDENCE_GUARDS } from './evidence.mjs';
import { LINK_GUARDS } from './links.mjs';
import { PEOPLE_GUARDS } from './people.mjs';
import { POLICY_GUARDS } from './policy.mjs';

const rule = ({ name }) => Number(/\d+/.exec(name)?.[0]);
const rules = [
  ...PEOPLE_GUARDS,
  ...CONTENT_GUARDS,
  ...POLICY_GUARDS,
  ...EMERGENCY_GUARDS,
  ...LINK_GUARDS,
  ...EVIDENCE_GUARDS,
];

export const GUARDS = [...rules.toSorted((a, b) => rule(a) - rule(b)), ...ATTACK_GUARDS];
