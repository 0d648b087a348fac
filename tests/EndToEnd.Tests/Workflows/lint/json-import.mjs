// Imports JSON files as Node wants to be told: the parser's own imports of its schemas do not say that they are JSON.
export async function load(url, context, next) {
  return url.endsWith(".json") ? next(url, { ...context, importAttributes: { type: "json" } }) : next(url, context);
}
