import { DefaultDeviceController, NoOpLogger } from 'amazon-chime-sdk-js';

export interface ChimeDevices {
  controller: DefaultDeviceController;
  /** How often `videoInputStreamEnded` was told. */
  readonly ends: number;
}

const controllers: DefaultDeviceController[] = [];

/** The SDK's own device controller, as a meeting session has one. {@link destroyControllers} ends it. */
export function createDeviceController(): ChimeDevices {
  const controller = new DefaultDeviceController(new NoOpLogger());
  let ends = 0;
  controller.addDeviceChangeObserver({ videoInputStreamEnded: () => (ends += 1) });
  controllers.push(controller);
  return {
    controller,
    get ends() {
      return ends;
    },
  };
}

/** For `afterEach`. */
export async function destroyControllers(): Promise<void> {
  for (const controller of controllers.splice(0)) await controller.destroy();
}
