import type { Engine } from '../engine/engine';
import { DEFAULT_SETTINGS, type EngineSettings } from '../engine/settings';
import { toVirtualBackgroundError } from '../errors';

const SETTING_KEYS = Object.keys(DEFAULT_SETTINGS) as (keyof EngineSettings)[];

/** Tells an engine what an element's properties of the same names say. */
export class SettingsLink {
  readonly #engine: Engine;
  readonly #properties: Readonly<EngineSettings>;
  /** What the engine was last told, right or wrong: a wrong value is reported once. */
  readonly #told: Partial<Record<keyof EngineSettings, unknown>> = { ...DEFAULT_SETTINGS };

  constructor(engine: Engine, properties: Readonly<EngineSettings>) {
    this.#engine = engine;
    this.#properties = properties;
  }

  /** The next {@link tell} passes the property on, changed or not. */
  forget(key: keyof EngineSettings): void {
    delete this.#told[key];
  }

  /** Passes on what changed; each wrong value is reported and leaves what runs as it is. */
  tell(): void {
    const patch: Partial<EngineSettings> = {};
    for (const key of SETTING_KEYS) {
      // A removed attribute leaves null: back to the default.
      const value: unknown = (this.#properties[key]) ?? DEFAULT_SETTINGS[key];
      if (Object.is(value, this.#told[key])) continue;
      this.#told[key] = value;
      try {
        Object.assign(patch, { [key]: this.#engine.check(key, value) });
      } catch (error) {
        this.#engine.reportError(toVirtualBackgroundError(error, 'attribute-invalid', key));
      }
    }
    if (Object.keys(patch).length > 0) this.#engine.set(patch);
  }
}
