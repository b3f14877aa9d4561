import { expect } from 'chai';
import { inputSizeFor, stridedGeometry, type NetworkInput } from '../../src/segmentation/network-input';

const SELFIE: NetworkInput = { kind: 'fixed', sizes: [{ width: 256, height: 144 }, { width: 256, height: 256 }] };
const FRAMES = [
  { width: 640, height: 360 },
  { width: 1280, height: 720 },
  { width: 640, height: 480 },
  { width: 360, height: 640 },
  { width: 500, height: 500 },
  { width: 1920, height: 800 },
];

describe('<virtual-background-camera> network input', () => {
  for (const [stride, longSide] of [[16, 257], [16, 369], [8, 321]] as const) {
    it(`should be whole strides of ${stride} plus one, ${longSide} long, in the frame's shape`, () => {
      for (const frame of FRAMES) {
        const { width, height } = inputSizeFor({ kind: 'strided', longSide, stride }, frame);
        const name = `${frame.width}×${frame.height} → ${width}×${height}`;
        expect((width - 1) % stride, name).to.equal(0);
        expect((height - 1) % stride, name).to.equal(0);
        expect(Math.max(width, height), name).to.equal(longSide);
        // Half a stride is the most that rounding takes.
        const [long, short] = frame.width > frame.height ? [frame.width, frame.height] : [frame.height, frame.width];
        expect(Math.abs(Math.min(width, height) - (longSide * short) / long), name).to.be.at.most(stride / 2 + 1);
      }
    });
  }

  it('should never be less than one stride', () => {
    expect(inputSizeFor({ kind: 'strided', longSide: 257, stride: 16 }, { width: 4000, height: 10 })).to.deep.equal({ width: 257, height: 17 });
  });

  it('should be the closest shape that a network of fixed sizes has', () => {
    expect(inputSizeFor(SELFIE, { width: 640, height: 360 })).to.deep.equal({ width: 256, height: 144 });
    expect(inputSizeFor(SELFIE, { width: 600, height: 480 })).to.deep.equal({ width: 256, height: 256 });
    expect(inputSizeFor(SELFIE, { width: 360, height: 640 })).to.deep.equal({ width: 256, height: 256 });
    expect(inputSizeFor(SELFIE, { width: 2000, height: 500 })).to.deep.equal({ width: 256, height: 144 });
  });

  it('should put the centre of cell i at the centre of input pixel i * stride', () => {
    for (const stride of [8, 16]) {
      const input = { width: 257, height: 145 };
      const cells = { width: 256 / stride + 1, height: 144 / stride + 1 };
      const geometry = stridedGeometry(input, cells, stride);
      for (const cell of [0, 1, 5, cells.height - 1]) {
        expect(((cell * stride + 0.5) / input.width) * geometry.scaleX + geometry.offsetX).to.be.closeTo((cell + 0.5) / cells.width, 1e-9);
        expect(((cell * stride + 0.5) / input.height) * geometry.scaleY + geometry.offsetY).to.be.closeTo((cell + 0.5) / cells.height, 1e-9);
      }
    }
  });
});
