import { CSSResult, LitElement, adoptStyles, supportsAdoptingStyleSheets, type CSSResultOrNative } from 'lit';

/** Sheets belong to one document: those of others are made when an element comes there, once for all elements. */
const sheets = new WeakMap<Document, Map<CSSResultOrNative, CSSStyleSheet>>();

function sheetFor(style: CSSResultOrNative, owner: Document, view: Window & typeof globalThis): CSSStyleSheet {
  const known = sheets.get(owner) ?? new Map<CSSResultOrNative, CSSStyleSheet>();
  sheets.set(owner, known);
  let sheet = known.get(style);
  if (!sheet) {
    sheet = new view.CSSStyleSheet();
    sheet.replaceSync(style instanceof CSSResult ? style.cssText : [...style.cssRules].map(({ cssText }) => cssText).join('\n'));
    known.set(style, sheet);
  }
  return sheet;
}

/**
 * An element that keeps its look when it is moved into another document: a frame's, or the window of Document
 * Picture-in-Picture. The browser takes a shadow root's sheets away on the way, and refuses those of another document.
 */
export abstract class MovableElement extends LitElement {
  adoptedCallback(): void {
    // Where there are no such sheets, the styles are elements in the shadow root, and come along.
    if (supportsAdoptingStyleSheets && this.shadowRoot) this.#adoptStyles(this.shadowRoot);
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const { shadowRootOptions } = this.constructor as typeof MovableElement;
    const root = this.shadowRoot ?? this.attachShadow(shadowRootOptions);
    this.#adoptStyles(root);
    return root;
  }

  #adoptStyles(root: ShadowRoot): void {
    const { elementStyles } = this.constructor as typeof MovableElement;
    const { ownerDocument } = root;
    const view = ownerDocument.defaultView;
    if (!supportsAdoptingStyleSheets || ownerDocument === document) adoptStyles(root, elementStyles);
    // A document without a window shows nothing.
    else if (view) root.adoptedStyleSheets = elementStyles.map((style) => sheetFor(style, ownerDocument, view));
  }
}

/** The element whose shadow a node is the root of; null where it is none. By its kind: the root may be of another window. */
export function hostOf(node: Node): Element | null {
  return node.nodeType === Node.DOCUMENT_FRAGMENT_NODE && 'host' in node ? (node as ShadowRoot).host : null;
}

/** Whether an event's target is a node, of whatever window. */
export function isNode(target: EventTarget | null | undefined): target is Node {
  return target !== null && target !== undefined && 'nodeType' in target;
}
