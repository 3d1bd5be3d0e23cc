/** What GraphiQL shows a newcomer. */
const FIRST_QUERY = `# Put a token under Headers: {"authorization": "Bearer <token>"}
# In the sandbox: npm run --silent countersign token sofia.sales@northwind-managed
{
  me {
    handle
  }
  tenant {
    name
  }
  handoffs(first: 10) {
    edges {
      node {
        number
        stage
      }
    }
  }
}
`;

const GRAPHIQL = {
  title: 'Countersign',
  endpoint: '/graphql',
  credentials: 'omit',
  defaultQuery: FIRST_QUERY,
  subscriptionsProtocol: 'WS',
} as const;

/** GraphiQL in one page; its scripts are 30 MB in memory, for those alone who show it. */
export async function graphiqlPage(): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  return renderGraphiQL(GRAPHIQL);
}
