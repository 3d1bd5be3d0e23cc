import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Provider } from 'oidc-provider/lib/provider.js';
import { errorPage, pageHeaders, pickPersonPage } from './page.js';
import { personName, subjectOf, type PeopleSource } from './person.js';
import { SANDBOX_IDENTITY_PATH } from './constants.js';

/** What the page needs. */
export interface PickPersonOptions {
  provider: () => Provider;
  people: PeopleSource;
  now: () => Date;
  /** Origins to which the sign-in may lead. */
  formTargets: () => string[];
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;
interface Params {
  Params: { uid: string };
}

/**
 * The interaction of the authorization code flow: GET shows the sample people, POST signs one in. The interaction's own
 * cookie (signed, SameSite=Lax, for this path alone) ties both to the browser that began, so a foreign page cannot post.
 */
export async function mountPickPerson(app: FastifyInstance, options: PickPersonOptions): Promise<void> {
  const begun = async (request: FastifyRequest<Params>, reply: FastifyReply): Promise<Interaction | null> => {
    const interaction = await options
      .provider()
      .interactionDetails(request.raw, reply.raw)
      .catch(() => null);
    if (interaction?.uid === request.params.uid && interaction.prompt.name === 'login') return interaction;
    const description = 'This sign-in has expired, or it was begun in another browser.';
    await reply.code(400).headers(pageHeaders([])).send(errorPage('invalid_request', description));
    return null;
  };

  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 4096 },
    (_request, body, done) => done(null, new URLSearchParams(body as string)),
  );

  app.get<Params>('/interaction/:uid', async (request, reply) => {
    const interaction = await begun(request, reply);
    if (!interaction) return reply;
    const action = `${SANDBOX_IDENTITY_PATH}/interaction/${interaction.uid}`;
    const page = pickPersonPage(action, await options.people());
    return reply.headers(pageHeaders(options.formTargets())).send(page);
  });

  app.post<Params & { Body: URLSearchParams | undefined }>('/interaction/:uid', async (request, reply) => {
    const interaction = await begun(request, reply);
    if (!interaction) return reply;
    const asked = request.body?.get('person');
    const person = (await options.people()).find((one) => personName(one) === asked);
    if (!person) {
      const description = 'There is no such sample person.';
      return reply.code(400).headers(pageHeaders([])).send(errorPage('invalid_grant', description));
    }
    await forgetSession(options.provider(), interaction);
    const returnTo = await options
      .provider()
      .interactionResult(
        request.raw,
        reply.raw,
        { login: { accountId: subjectOf(person), ts: Math.floor(options.now().getTime() / 1000) } },
        { mergeWithLastSubmission: false },
      );
    return reply.redirect(returnTo, 303);
  });
}

/** Picking another person ends the earlier one's session; otherwise the provider would ask to sign out first. */
async function forgetSession(provider: Provider, interaction: Interaction): Promise<void> {
  if (!interaction.session) return;
  const session = await provider.Session.findByUid(interaction.session.uid);
  await session?.destroy();
  interaction.session = undefined;
  await interaction.persist();
}
