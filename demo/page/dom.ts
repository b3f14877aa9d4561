/** The page's element of that id; throws where index.html and this script do not fit together. */
export function byId<Type extends Element>(id: string, type: new () => Type): Type {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`index.html has no <${type.name}> with the id "${id}"`);
}

/** Marks the one pressed button of a group, for eyes and for screen readers; null = none. */
export function press(group: Element, pressed: Element | null): void {
  for (const button of group.querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button === pressed));
  }
}

/** Opens a file picker and hands over the chosen file, also when it is the same one again. */
export function onFileChosen(input: HTMLInputElement, handle: (file: File) => void): void {
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    input.value = '';
    if (file) handle(file);
  });
}
