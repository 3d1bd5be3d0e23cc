import { canonicalJson, sha256Hex } from '../core/canonical.js';
import type { Moment } from '../core/command.js';
import { type Finding, finding } from '../core/finding.js';
import { commitTo, type DataKey } from '../core/keys.js';
import { insertAll, type Statement } from '../core/statement.js';
import { type OpenedTexts, PersonalText, type PersonalKey, sealedRow, textKey } from '../core/vault.js';
import type { ConfiguredPerson, TenantConfiguration } from './configuration.js';

/** A person as the immutable content keeps them: who, with which roles, and a keyed commitment to the rest. */
export interface StoredPerson extends Pick<ConfiguredPerson, 'id' | 'key' | 'roles'> {
  /** HMAC-SHA256, lower-case hex, of name, mail address and accounts under the person's own key. */
  personal: string;
}

/**
 * A configuration as it is stored and hashed: no name, no mail address, no account. Those stand in personal texts under
 * each person's key, so that a person can be erased while content, digest and every proof stay as they are.
 */
export type StoredConfiguration = Omit<TenantConfiguration, 'people'> & { people: StoredPerson[] };

type Personal = Pick<ConfiguredPerson, 'name' | 'email' | 'accounts'>;

/** What stands for the name of a person whose key was destroyed. */
export const ERASED_PERSON = 'Erased person';

const FIELD = 'person';
/** Without the version: the same name has the same commitment in every version, so that nothing seems to change. */
const COMMITMENT = 'configuration/person';

/** A configuration made ready to be stored, with the statements for its personal part. */
export interface StorableConfiguration {
  readonly stored: StoredConfiguration;
  /** RFC 8785 text of `stored`. */
  readonly content: string;
  /** SHA-256 of the content, lower-case hex: what identifies the version. */
  readonly digest: string;
  /** New keys first, then the texts. */
  readonly writes: readonly Statement[];
  /** People who were erased: the file must not name them again. */
  readonly findings: readonly Finding[];
}

/** Takes the people's names out of a configuration and seals them for the version `versionId`. */
export function storeConfiguration(
  configuration: TenantConfiguration,
  versionId: string,
  keys: readonly PersonalKey[],
  moment: Moment,
): StorableConfiguration {
  const { actor, newId, vault, now } = moment;
  const known = new Map(keys.map((row) => [row.id, row]));
  const made: Statement[] = [];
  const texts: Partial<PersonalText>[] = [];
  const findings: Finding[] = [];
  const people = configuration.people.flatMap((person, index): StoredPerson[] => {
    const { id, key: handle, roles, ...personal } = person;
    const row = known.get(id);
    if (row?.destroyedAt) {
      findings.push(erasedAgain(index, id));
      return [];
    }
    const key = row ? vault.open(row)! : makeKey(id);
    const text = canonicalJson(personal);
    texts.push(sealedRow({ tenantId: actor.tenantId, newId }, key, { recordId: versionId, field: FIELD, text }));
    const place = { tenantId: actor.tenantId, subject: id, field: COMMITMENT };
    return [{ id, key: handle, roles, personal: commitTo(key, place, text) }];
  });
  const stored: StoredConfiguration = { ...configuration, people };
  const content = canonicalJson(stored);
  return {
    stored,
    content,
    digest: sha256Hex(content),
    writes: [...made, ...insertAll(PersonalText, texts)],
    findings,
  };

  function makeKey(personId: string): DataKey {
    const { key, write } = vault.create('PERSON', personId, now);
    made.push(write);
    return key;
  }
}

function erasedAgain(index: number, personId: string): Finding {
  return finding({
    code: 'PERSON_ERASED',
    path: `people[${index}]`,
    message: 'The file names a person whose data was erased.',
    facts: { personId },
    remedy: 'Take the person out of the file; somebody who comes back is a new person with an id of their own.',
  });
}

/** The configuration with its names again, for those who may see them; an erased person keeps id, key and roles. */
export function joinConfiguration(stored: StoredConfiguration, texts: OpenedTexts): TenantConfiguration {
  const people = stored.people.map(({ id, key, roles }): ConfiguredPerson => {
    const text = texts.get(textKey(id, FIELD)) ?? null;
    const personal = text === null ? ERASED : (JSON.parse(text) as Personal);
    return { id, key, roles, ...personal };
  });
  return { ...stored, people };
}

const ERASED: Personal = { name: ERASED_PERSON, email: '', accounts: [] };
