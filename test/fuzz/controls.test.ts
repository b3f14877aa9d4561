/** Garbage in every property of every control: taken, or refused with a clear error; what was there stays. */
import { expect } from 'chai';
import fc from 'fast-check';
import { LitElement } from 'lit';
import '../../src/define-controls';
import { VirtualBackgroundError } from '../../src/errors';
import { cleanUp, createElement } from '../helpers/element';
import { nextTask } from '../helpers/wait';
import { type Boxed, SECONDS, SEED, Uncaught, assertFor, describe as show, garbage } from './fuzzing';

const TAGS = ['vbc-controls', 'vbc-background-gallery', 'vbc-camera-select', 'vbc-source-select', 'vbc-quality-select', 'vbc-start-button', 'vbc-mirror-button', 'vbc-snapshot-button', 'vbc-progress'];

/** What a page sets; the rest is the element's own state. */
function propertiesOf(element: LitElement): string[] {
  const all = (element.constructor as typeof LitElement).elementProperties;
  return [...all].filter(([, { state }]) => !state).map(([name]) => String(name));
}

/** Not made to fail wherever it is looked at: what the camera refused stays in its property, which its controls read. */
function isHarmless({ value }: Boxed): boolean {
  try {
    void (value instanceof Object);
    return true;
  } catch {
    return false;
  }
}

describe(`controls given garbage (seed ${SEED})`, () => {
  afterEach(cleanUp);

  for (const tag of TAGS) {
    it(`should be refused or taken by <${tag}>`, async function () {
      this.timeout(60_000 + SECONDS * 1000);
      const control = document.createElement(tag) as LitElement;
      createElement().append(control);
      await control.updateComplete;
      // Nothing is in progress.
      const drawn = tag === 'vbc-progress' ? 0 : 1;
      const names = propertiesOf(control);
      expect(names).to.include('camera');
      const before = new Map(names.map((name) => [name, Reflect.get(control, name)]));
      const uncaught = new Uncaught();
      await assertFor(SECONDS / TAGS.length / 2, [fc.constantFrom(...names), garbage], async (name, { value }) => {
        uncaught.errors.length = 0;
        const told = `${name} = ${show(value)}`;
        try {
          Object.assign(control, { [name]: value });
        } catch (error) {
          expect(error, told).to.be.instanceOf(VirtualBackgroundError);
          expect(error, told).to.include({ code: 'attribute-invalid' });
          expect((error as Error).message, told).to.match(new RegExp(`^${name} must be `));
          expect(Reflect.get(control, name), `${told}: as before`).to.deep.equal(before.get(name));
        }
        await control.updateComplete;
        expect(uncaught.errors, told).to.deep.equal([]);
        Object.assign(control, { [name]: name === 'camera' ? null : before.get(name) });
        await control.updateComplete;
        expect(uncaught.errors, `${told}, taken back`).to.deep.equal([]);
        expect(control.shadowRoot?.childElementCount, told).to.be.at.least(drawn);
      });
      uncaught.stop();
      control.remove();
    });
  }

  it('should be refused or taken by the camera, for its own controls', async function () {
    this.timeout(60_000 + SECONDS * 1000);
    const uncaught = new Uncaught();
    const element = createElement({ controls: true });
    await element.updateComplete;
    await assertFor(SECONDS / 10, [fc.constantFrom('backgrounds', 'background', 'controls', 'deviceId', 'quality', 'source'), garbage.filter(isHarmless)], async (name, { value }) => {
      uncaught.errors.length = 0;
      const told = `${name} = ${show(value)}`;
      const was = Reflect.get(element, name);
      try {
        Object.assign(element, { [name]: value });
      } catch (error) {
        expect(error, told).to.include({ code: 'attribute-invalid' });
        expect(Reflect.get(element, name), told).to.equal(was);
      }
      await element.updateComplete;
      // The bar follows, and then what is in it.
      await nextTask();
      expect(uncaught.errors, told).to.deep.equal([]);
      Object.assign(element, { [name]: was });
      await element.updateComplete;
      expect(element.shadowRoot?.querySelector('vbc-controls'), told).to.be.instanceOf(LitElement);
    });
    uncaught.stop();
  });
});
