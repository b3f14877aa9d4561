/** At or below, while it discharges, work is spared. */
const LOW_BATTERY_LEVEL = 0.2;

/** What the person's device asks for. */
export interface Savings {
  /** Less data: the browser's or the system's data saver is on. */
  data: boolean;
  /** Less work: the battery is low and not being charged. */
  battery: boolean;
}

interface BatteryManager extends EventTarget {
  readonly charging: boolean;
  /** 0…1 */
  readonly level: number;
}

interface SavingNavigator {
  connection?: EventTarget & { readonly saveData?: boolean };
  getBattery?(): Promise<BatteryManager>;
}

/**
 * Watches the signals that there are for saving data and power; where a browser has none, nothing is saved.
 * Media query `prefers-reduced-data`, `navigator.connection.saveData` and the Battery Status API.
 */
export class SavingsWatch {
  readonly #onChange: () => void;
  readonly #end = new AbortController();
  readonly #query = globalThis.matchMedia?.('(prefers-reduced-data: reduce)');
  readonly #connection = (navigator as SavingNavigator).connection;
  #battery: BatteryManager | null = null;
  #told: Savings;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#told = this.savings;
    if (this.#query) this.#listen(this.#query, ['change']);
    if (this.#connection) this.#listen(this.#connection, ['change']);
    void this.#watchBattery();
  }

  /** Whether anything is to be saved. */
  get active(): boolean {
    const { data, battery } = this.savings;
    return data || battery;
  }

  get savings(): Savings {
    const battery = this.#battery;
    return {
      data: this.#query?.matches || this.#connection?.saveData === true,
      battery: battery !== null && !battery.charging && battery.level <= LOW_BATTERY_LEVEL,
    };
  }

  release(): void {
    this.#end.abort();
  }

  async #watchBattery(): Promise<void> {
    try {
      // Forbidden in some frames, and missing in most browsers.
      this.#battery = (await (navigator as SavingNavigator).getBattery?.()) ?? null;
    } catch {
      return;
    }
    if (!this.#battery || this.#end.signal.aborted) return;
    this.#listen(this.#battery, ['chargingchange', 'levelchange']);
    this.#handleChange();
  }

  #listen(target: EventTarget, types: readonly string[]): void {
    for (const type of types) target.addEventListener(type, this.#handleChange, { signal: this.#end.signal });
  }

  readonly #handleChange = (): void => {
    const { data, battery } = this.savings;
    if (data === this.#told.data && battery === this.#told.battery) return;
    this.#told = { data, battery };
    this.#onChange();
  };
}
