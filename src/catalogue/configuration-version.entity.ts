import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import type { SourceReference } from '../core/source.js';
import { Instant, TenantOwned } from '../core/table.js';

export enum ConfigurationState {
  PROPOSED = 'PROPOSED',
  EFFECTIVE = 'EFFECTIVE',
  REJECTED = 'REJECTED',
  LAPSED = 'LAPSED',
}
registerEnumType(ConfigurationState, {
  name: 'ConfigurationState',
  description: 'Whether a version of the configuration rules.',
  valuesConfig: {
    PROPOSED: {
      description: 'Somebody proposed it; it rules once its approval request is approved and it is enacted.',
    },
    EFFECTIVE: { description: 'It rules from its date, until a later one does.' },
    REJECTED: { description: 'The approvers refused it; it never rules.' },
    LAPSED: {
      description:
        'It never rules: its request ran out or was withdrawn, or another version has ruled since it was proposed.',
    },
  },
});

/** One immutable version of a tenant's configuration: canonical text, digest, from when (design 6). */
@Entity()
@ObjectType({ description: "One immutable version of the tenant's configuration." })
export class ConfigurationVersion extends TenantOwned {
  @Column('int')
  @Field(() => Int, { description: "Counts the tenant's versions from 1." })
  version: number;

  /** As written down last: a proposal whose request has ended is still PROPOSED here (governance/ answers the API). */
  @Column('text')
  state: ConfigurationState;

  /** StoredConfiguration as canonical JSON (RFC 8785): everything but the names, which stand in personal texts. */
  @Column('text')
  content: string;

  @Column('text')
  @Field(() => String, {
    description: 'SHA-256 of the stored content, which holds keyed commitments in place of names and accounts.',
  })
  digest: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'From when it rules.' })
  effectiveFrom: Date;

  /** What ruled when it was proposed, so what its approvers were shown as the change; null for the first version. */
  @Column('uuid', { nullable: true })
  baseVersionId: string | null;

  @Column('text')
  proposedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was proposed.' })
  proposedAt: Date;

  /** The person whose approval completed the quorum; never the proposer. */
  @Column('text', { nullable: true })
  decidedBy: string | null;

  /** The approval that it rules by; the database refuses one about another content. */
  @Column('uuid', { nullable: true })
  grantId: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was enacted, rejected or lapsed.' })
  decidedAt: Date | null;
}

/** The source reference of a configuration version, for every decision made under it. */
export function configurationSource(version: ConfigurationVersion): SourceReference {
  return { type: 'CONFIGURATION', id: version.id, version: String(version.version), hash: version.digest };
}
