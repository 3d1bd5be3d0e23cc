import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar } from '../../core/graphql/scalars.js';

/** Whether the tenant's report can be shown. */
export enum EmbedKind {
  UNCONFIGURED = 'UNCONFIGURED',
  NEEDS_CONSENT = 'NEEDS_CONSENT',
  NOT_PUBLISHED = 'NOT_PUBLISHED',
  READY = 'READY',
  ERROR = 'ERROR',
}
registerEnumType(EmbedKind, {
  name: 'PowerBiEmbedKind',
  description: "Whether the tenant's Power BI report can be shown.",
  valuesConfig: {
    UNCONFIGURED: { description: 'Power BI is not connected.' },
    NEEDS_CONSENT: { description: 'An administrator of Microsoft has to allow something; the remedy says what.' },
    NOT_PUBLISHED: { description: 'There is no report in the workspace, or the connection names none.' },
    READY: { description: 'It can be shown: reportId, embedUrl, token and expiresAt are there.' },
    ERROR: { description: 'It cannot be shown now, or not to you; the remedy says why.' },
  },
});

/** What a page needs to show the tenant's report in a frame of Microsoft's. */
@ObjectType({
  description:
    'What a page needs to show the report in a frame of Power BI. Everything but `kind` is null unless it says otherwise.',
})
export class PowerBiEmbed {
  @Field(() => EmbedKind, { description: 'Whether it can be shown.' })
  kind: EmbedKind;

  @Field(() => ID, { nullable: true, description: 'The report; READY only.' })
  reportId: string | null;

  @Field(() => String, { nullable: true, description: "The frame's address, with the region; READY only." })
  embedUrl: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The embed token of one person: a secret, for the frame and nothing else; READY only.',
  })
  token: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the token ends: ask for another 5 to 10 minutes before; READY only.',
  })
  expiresAt: Date | null;

  @Field(() => String, { nullable: true, description: 'Why it cannot be shown, as a code; null when READY.' })
  code: string | null;

  @Field(() => String, { nullable: true, description: 'What to do about it; null when READY.' })
  remedy: string | null;
}
