/** What an app may write with the published types, and what not. */
/* eslint-disable @typescript-eslint/no-unused-vars -- values are looked at by the compiler alone */
import {
  VirtualBackgroundCamera,
  type VirtualBackgroundError,
  createVirtualBackground,
  type EngineState,
  type QualityStep,
  type VirtualBackgroundCameraEventMap,
  type VirtualBackgroundErrorCode,
} from 'virtual-background-camera';
import 'virtual-background-camera/define.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const sure = <Claim extends true>(_claim?: Claim): void => undefined;

const camera = document.createElement('virtual-background-camera');
sure<Same<typeof camera, VirtualBackgroundCamera>>();
sure<Same<typeof camera.stream, MediaStream | null>>();

// Settings.
camera.quality = 'high';
camera.background = new Blob();
camera.background = 'anything, since an address may be';
// @ts-expect-error no such quality
camera.quality = 'best';
// @ts-expect-error numbers are numbers
camera.edgeSoftness = '0.5';
// @ts-expect-error read only
camera.stream = null;
// @ts-expect-error read only
camera.state = 'idle';

// Events, on the element and on what surrounds it.
camera.addEventListener('vbc-error', (event) => {
  sure<Same<typeof event.detail, VirtualBackgroundError>>();
  sure<Same<typeof event.detail.code, VirtualBackgroundErrorCode>>();
  // @ts-expect-error no such code
  if (event.detail.code === 'camera-on-fire') camera.stop();
});
camera.addEventListener('vbc-state-change', ({ detail }) => sure<Same<typeof detail.state, EngineState>>());
camera.addEventListener('vbc-stream-change', ({ detail }) => sure<Same<typeof detail.stream, MediaStream | null>>(), { once: true });
camera.addEventListener('vbc-quality-change', function ({ detail }) {
  sure<Same<typeof this, VirtualBackgroundCamera>>();
  sure<Same<typeof detail, QualityStep>>();
});
camera.addEventListener('click', (event) => sure<Same<typeof event.button, number>>());
camera.addEventListener('anything-else', (event) => sure<Same<typeof event, Event>>());
// @ts-expect-error no such member of the detail
camera.addEventListener('vbc-warning', ({ detail }) => detail.nothing);
document.body.addEventListener('vbc-error', ({ detail }) => detail.code satisfies VirtualBackgroundErrorCode);
document.querySelector('virtual-background-camera')?.removeEventListener('vbc-error', (event) => event.detail.code);

const handlers: { [Name in keyof VirtualBackgroundCameraEventMap]?: (event: VirtualBackgroundCameraEventMap[Name]) => void } = {
  'vbc-error': ({ detail }) => detail.message,
};
// @ts-expect-error no such event
handlers['vbc-nothing'] = () => undefined;

// Methods.
sure<Same<ReturnType<VirtualBackgroundCamera['start']>, Promise<MediaStream>>>();
const background = await createVirtualBackground('camera', { background: 'blur', quality: 'auto' });
background.set({ background: '#204060' });
// @ts-expect-error no such setting
background.set({ backdrop: '#204060' });
// @ts-expect-error a stream, a track, a video, or an address
await createVirtualBackground(17);

// A class of one's own.
class OwnCamera extends VirtualBackgroundCamera {
  override stop(): void {
    super.stop();
  }
}
new OwnCamera().addEventListener('vbc-error', ({ detail }) => detail.code);

// Controls.
const gallery = document.createElement('vbc-background-gallery');
gallery.camera = camera;
gallery.addEventListener('vbc-background-select', ({ detail }) => (camera.background = detail.background));
// @ts-expect-error a control belongs to a camera, not to any element
gallery.camera = document.body;
