import { Column, Entity } from 'typeorm';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import type { SourceReference } from '../core/source.js';
import { Instant, TenantOwned } from '../core/table.js';

export enum ConfigurationState {
  PROPOSED = 'PROPOSED',
  EFFECTIVE = 'EFFECTIVE',
  REJECTED = 'REJECTED',
}
registerEnumType(ConfigurationState, {
  name: 'ConfigurationState',
  description: 'Whether a version of the configuration rules.',
  valuesConfig: {
    PROPOSED: { description: 'Somebody proposed it; another person decides.' },
    EFFECTIVE: { description: 'It rules from its date, until a later one does.' },
    REJECTED: { description: 'It was refused and never rules.' },
  },
});

/** One immutable version of a tenant's configuration: canonical text, digest, from when (design 6). */
@Entity()
@ObjectType({ description: "One immutable version of the tenant's configuration." })
export class ConfigurationVersion extends TenantOwned {
  @Column('int')
  @Field(() => Int, { description: "Counts the tenant's versions from 1." })
  version: number;

  @Column('text')
  @Field(() => ConfigurationState, { description: 'Whether it rules.' })
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

  @Column('text')
  proposedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was proposed.' })
  proposedAt: Date;

  @Column('text', { nullable: true })
  decidedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was decided.' })
  decidedAt: Date | null;
}

/** The source reference of a configuration version, for every decision made under it. */
export function configurationSource(version: ConfigurationVersion): SourceReference {
  return { type: 'CONFIGURATION', id: version.id, version: String(version.version), hash: version.digest };
}
