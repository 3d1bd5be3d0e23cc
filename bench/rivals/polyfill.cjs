// PostGraphile 5 needs Node 22: before it there is no Promise.withResolvers (ECMAScript 2024, 27.2.4.9).
Promise.withResolvers ??= function withResolvers() {
  let resolve;
  let reject;
  const promise = new Promise((...functions) => ([resolve, reject] = functions));
  return { promise, resolve, reject };
};
