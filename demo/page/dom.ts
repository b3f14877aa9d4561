/** The page's element of that id; throws where index.html and this script do not fit together. */
export function byId<Type extends Element>(id: string, type: new () => Type): Type {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`index.html has no <${type.name}> with the id "${id}"`);
}
