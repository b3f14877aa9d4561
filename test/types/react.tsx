/** The tags in JSX of React 19. */
import { useRef, type JSX } from 'react';
import type { VirtualBackgroundCamera, VirtualBackgroundErrorCode } from 'virtual-background-camera';
import type {} from 'virtual-background-camera/react';

export function Right(): JSX.Element {
  const camera = useRef<VirtualBackgroundCamera>(null);
  return (
    <virtual-background-camera
      ref={camera}
      key="camera"
      className="wide"
      style={{ width: '100%', '--vbc-surround': 'black' }}
      aria-label="You"
      data-test="camera"
      background="blur:12"
      background-fit="contain"
      edgeSoftness={0.2}
      light-wrap="0.3"
      model-url={null}
      source={new MediaStream()}
      autostart
      mirrored={false}
      onClick={(event) => event.currentTarget.stop()}
      onvbc-error={(event) => event.detail.code satisfies VirtualBackgroundErrorCode}
      onvbc-stream-change={({ detail }) => detail.stream?.getTracks()}
    />
  );
}

export const wrong = [
  // @ts-expect-error no such quality
  <virtual-background-camera quality="best" />,
  // @ts-expect-error no such attribute
  <virtual-background-camera backdrop="blur" />,
  // @ts-expect-error React sets the property, which is a number
  <virtual-background-camera width="640" />,
  // @ts-expect-error read only
  <virtual-background-camera stream={null} />,
  // @ts-expect-error no such code
  <virtual-background-camera onvbc-error={({ detail }) => detail.code === 'camera-on-fire'} />,
  // @ts-expect-error no such tag
  <virtual-background-cameras />,
];
