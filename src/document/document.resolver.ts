import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Field, FieldResolver, ID, Info, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { briefMarkdown, publicMarkdown } from '../brief/brief.markdown.js';
import { joinBrief } from '../brief/brief.personal.js';
import { DOCUMENT_KINDS, type DocumentKind } from '../catalogue/configuration.documents.js';
import { allows } from '../core/ability.js';
import { RequestContext } from '../core/graphql/context.js';
import { personalTextsOf } from '../core/graphql/personal-texts.js';
import { Many } from '../core/graphql/relations.js';
import { Allow, Runs, Sensitive } from '../core/graphql/rights.js';
import { LocalDateScalar } from '../core/graphql/scalars.js';
import { resultOf } from '../core/graphql/shapes.js';
import { type RefusedType, SourceReferenceType } from '../core/graphql/types.js';
import type { SourceReference } from '../core/source.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { issueDocument } from './document.commands.js';
import { IssuedDocument, KINDS } from './document.entity.js';
import { IssueDocumentInput } from './document.input.js';
import { documentFactsOf, documentGround } from './document.queries.js';
import { withIntroduction, withheld } from './document.rules.js';
import { documentNow } from './document.view.js';

const IssuedDocumentResult = resultOf('IssuedDocumentResult', IssuedDocument);

/** One document of a handoff, as it would be issued now. */
@ObjectType({ description: 'A document of a handoff as it would be issued now, beside its latest issue.' })
export class DocumentPreview {
  @Field(() => KINDS, { description: 'Which document.' })
  kind: DocumentKind;

  @Field(() => String, { description: 'Its name.' })
  title: string;

  @Field(() => String, { description: 'The version of the template that holds for the handoff, such as v2.3.' })
  templateVersion: string;

  @Field(() => LocalDateScalar, { description: 'The date of that version.' })
  templateDate: string;

  @Sensitive('COMMERCIAL')
  @Field(() => String, {
    description:
      'The text as Markdown. For roles that may not see personal data, names and contacts are marked as withheld.',
  })
  markdown: string;

  @Field(() => [String], { description: 'What is missing in it: sections without data, each said to be N/A in it.' })
  missing: string[];

  @Field(() => [SourceReferenceType], { description: 'What it is made from, each with version and hash.' })
  sources: SourceReference[];

  @Field(() => String, { description: 'SHA-256 of template and content: the same data, the same digest.' })
  contentSha256: string;

  @Field(() => IssuedDocument, { nullable: true, description: 'Its latest issue; null before the first.' })
  latest: IssuedDocument | null;

  @Field(() => Boolean, { description: 'Whether the latest issue is current; false when there is none.' })
  isCurrent: boolean;

  @Field(() => [String], { description: 'Why the latest issue is not current; empty when it is.' })
  outdated: string[];
}

@Resolver(() => Handoff)
export class HandoffDocumentResolver {
  @Many(IssuedDocument, 'handoffId', 'Every issue of its documents, newest first.', { orderBy: ['-id'] })
  issuedDocuments: IssuedDocument[];

  @Allow('read', 'IssuedDocument')
  @Query(() => [DocumentPreview], {
    description: 'The seven documents of a handoff as they would be issued now, and whether their issues are current.',
  })
  async handoffDocuments(
    @Arg('handoffId', () => ID, { description: 'The handoff.' }) handoffId: string,
    @Ctx() { reader, ability }: RequestContext,
  ): Promise<DocumentPreview[]> {
    const [handoff, now] = await Promise.all([reader.required(Handoff, handoffId), reader.now()]);
    const ground = { handoff, ...(await reader.askAll(documentGround(handoffId))) };
    const facts = documentFactsOf(ground, now);
    const seesNames = allows(ability, 'see', 'PERSONAL');
    return DOCUMENT_KINDS.map((kind) => {
      const { template, composed, latest, outdated } = documentNow(ground, facts, kind, now);
      const { document, missing, sources, contentSha256 } = composed;
      return Object.assign(new DocumentPreview(), {
        kind,
        title: template.title,
        templateVersion: template.version,
        templateDate: template.date,
        markdown: seesNames
          ? briefMarkdown(withIntroduction(document, facts.introduction.text))
          : publicMarkdown(withheld(document)),
        missing: [...missing],
        sources: [...sources],
        contentSha256,
        latest,
        isCurrent: latest !== null && outdated.length === 0,
        outdated: [...outdated],
      });
    });
  }

  @Runs(issueDocument)
  @Mutation(() => IssuedDocumentResult, {
    description:
      'Issues a document of a handoff as the data stands, archives the issue before it, and has its files stored.',
  })
  issueDocument(
    @Arg('input') input: IssueDocumentInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<IssuedDocument | RefusedType> {
    return ctx.run(issueDocument, input, info, IssuedDocument);
  }
}

@Resolver(() => IssuedDocument)
export class IssuedDocumentResolver {
  @Sensitive('COMMERCIAL')
  @FieldResolver(() => String, {
    description:
      'The whole text as Markdown. For roles that may not see personal data, names and contacts are marked as withheld: that is the text of markdownHash. What was erased is marked for everybody.',
  })
  async markdown(@Root() issue: IssuedDocument, @Ctx() ctx: RequestContext): Promise<string> {
    if (!allows(ctx.ability, 'see', 'PERSONAL')) return issue.markdown;
    return briefMarkdown(joinBrief(issue.document, await personalTextsOf(ctx, issue.id)));
  }

  @FieldResolver(() => Person, { description: 'Who issued it.' })
  issuer(@Root() issue: IssuedDocument, @Ctx() { reader }: RequestContext): Promise<Person> {
    return reader.required(Person, issue.issuedBy);
  }

  @FieldResolver(() => Handoff, { description: 'The handoff.' })
  handoff(@Root() issue: IssuedDocument, @Ctx() { reader }: RequestContext): Promise<Handoff> {
    return reader.required(Handoff, issue.handoffId);
  }
}
