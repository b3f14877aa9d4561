import type { ControlElement, VirtualBackgroundCamera } from '../../src/define';
import '../../src/define';
import '../../src/define-controls';
import { waitFor } from './wait';

/** Tags that are controls. */
export type ControlTag = Extract<keyof HTMLElementTagNameMap, `vbc-${string}`>;

const added: Element[] = [];

/** Puts any element into the page until {@link removeControls}. */
export function addElement<Node extends Element>(element: Node, container: ParentNode = document.body): Node {
  container.append(element);
  added.push(element);
  return element;
}

/** A control in the page that belongs to the camera, unless told otherwise. */
export function addControl<Tag extends ControlTag>(
  tag: Tag,
  camera: VirtualBackgroundCamera | null,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
): HTMLElementTagNameMap[Tag] {
  const control = document.createElement(tag);
  Object.assign(control, { camera, ...properties });
  return addElement(control);
}

/** For `afterEach`. */
export function removeControls(): void {
  for (const element of added.splice(0)) element.remove();
}

/** The one element in a shadow root; throws when there is none. */
export function inside<Type extends HTMLElement = HTMLElement>(host: Element, selector: string): Type {
  const found = host.shadowRoot?.querySelector<Type>(selector);
  if (!found) throw new Error(`No '${selector}' in <${host.localName}>`);
  return found;
}

export const buttonOf = (control: Element): HTMLButtonElement => inside<HTMLButtonElement>(control, 'button');
export const selectOf = (control: Element): HTMLSelectElement => inside<HTMLSelectElement>(control, 'select');

/** As a person does: chooses and lets the page know. */
export function choose(select: HTMLSelectElement, value: string): void {
  select.value = value;
  select.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  select.dispatchEvent(new Event('change', { bubbles: true }));
}

/** The element with the focus, also in shadow roots. */
export function focused(): Element | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

export const waitForFocus = (what: string, test: (element: Element) => boolean): Promise<unknown> =>
  waitFor(`the focus on ${what}, not on ${describeElement(focused())}`, () => {
    const element = focused();
    return element !== null && test(element);
  });

const describeElement = (element: Element | null): string => (element ? `<${element.localName}> '${element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 30)}'` : 'nothing');

/** Lets a control and its camera take in what changed. */
export async function settle(control: ControlElement, camera: VirtualBackgroundCamera | null = control.camera): Promise<void> {
  await camera?.updateComplete;
  await control.updateComplete;
}
